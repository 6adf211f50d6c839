package dev.promptpo.kernel.maven;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.maven.model.Model;
import org.apache.maven.model.io.xpp3.MavenXpp3Reader;
import org.apache.maven.repository.internal.MavenRepositorySystemUtils;
import org.apache.maven.settings.Mirror;
import org.apache.maven.settings.Profile;
import org.apache.maven.settings.Proxy;
import org.apache.maven.settings.Server;
import org.apache.maven.settings.Settings;
import org.apache.maven.settings.building.DefaultSettingsBuilderFactory;
import org.apache.maven.settings.building.DefaultSettingsBuildingRequest;
import org.apache.maven.settings.building.SettingsBuildingException;
import org.codehaus.plexus.util.xml.pull.XmlPullParserException;
import org.eclipse.aether.ConfigurationProperties;
import org.eclipse.aether.DefaultRepositorySystemSession;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.RepositorySystemSession;
import org.eclipse.aether.repository.AuthenticationSelector;
import org.eclipse.aether.repository.LocalRepository;
import org.eclipse.aether.repository.ProxySelector;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.repository.RepositoryPolicy;
import org.eclipse.aether.transfer.TransferListener;
import org.eclipse.aether.util.repository.AuthenticationBuilder;
import org.eclipse.aether.util.repository.ConservativeAuthenticationSelector;
import org.eclipse.aether.util.repository.DefaultAuthenticationSelector;
import org.eclipse.aether.util.repository.DefaultMirrorSelector;
import org.eclipse.aether.util.repository.DefaultProxySelector;
import org.eclipse.aether.util.repository.JreProxySelector;
import org.eclipse.aether.util.repository.SimpleResolutionErrorPolicy;

/**
 * What Maven would know of this user: from {@code settings.xml} in {@code .m2} and in Maven's own
 * folder, and {@code maven.repo.local} where that property is set.
 */
final class UserSettings {
    private static final int CONNECT_MS = 10_000;
    private static final int REQUEST_MS = 60_000;

    private final Settings settings;
    private final Path localRepository;

    UserSettings(Settings settings, Path localRepository) {
        this.settings = settings;
        this.localRepository = localRepository;
    }

    static UserSettings read() throws MavenException {
        Path user = Path.of(System.getProperty("user.home"), ".m2");
        Settings settings = read(user.resolve("settings.xml").toFile(), global());
        Path local =
                Optional.ofNullable(System.getProperty("maven.repo.local"))
                        .or(() -> Optional.ofNullable(settings.getLocalRepository()))
                        .map(Path::of)
                        .orElse(user.resolve("repository"));
        return new UserSettings(settings, local);
    }

    private static Optional<File> global() {
        return Optional.ofNullable(System.getenv("MAVEN_HOME"))
                .or(() -> Optional.ofNullable(System.getenv("M2_HOME")))
                .map(home -> Path.of(home, "conf", "settings.xml").toFile());
    }

    private static Settings read(File user, Optional<File> global) throws MavenException {
        DefaultSettingsBuildingRequest request = new DefaultSettingsBuildingRequest();
        request.setUserSettingsFile(user);
        global.ifPresent(request::setGlobalSettingsFile);
        request.setSystemProperties(System.getProperties());
        try {
            return new DefaultSettingsBuilderFactory()
                    .newInstance()
                    .build(request)
                    .getEffectiveSettings();
        } catch (SettingsBuildingException e) {
            throw new MavenException("Maven's settings cannot be read: " + e.getMessage(), e);
        }
    }

    Path localRepository() {
        return localRepository;
    }

    boolean isOffline() {
        return settings.isOffline();
    }

    /** Those that are asked: the given addresses, those of active profiles, Maven's own. */
    List<RemoteRepository> repositories(List<String> addresses) {
        List<RemoteRepository> repositories = new ArrayList<>();
        for (String address : addresses) {
            repositories.add(
                    new RemoteRepository.Builder(
                                    "given-" + (repositories.size() + 1), "default", address)
                            .build());
        }
        for (Profile profile : settings.getProfiles()) {
            if (settings.getActiveProfiles().contains(profile.getId())) {
                profile.getRepositories()
                        .forEach(one -> repositories.add(repository(one.getId(), one.getUrl())));
            }
        }
        repositories.addAll(inherited());
        return repositories;
    }

    /** Maven's own default, from the model that every project inherits. */
    private static List<RemoteRepository> inherited() {
        try (InputStream model = Model.class.getResourceAsStream("pom-4.0.0.xml")) {
            return new MavenXpp3Reader()
                    .read(model).getRepositories().stream()
                            .map(one ->
                                    new RemoteRepository.Builder(
                                                    repository(one.getId(), one.getUrl()))
                                            .setSnapshotPolicy(new RepositoryPolicy(false, "", ""))
                                            .build())
                            .toList();
        } catch (IOException | XmlPullParserException e) {
            throw new IllegalStateException(
                    "the model comes with the library that is used here", e);
        }
    }

    private static RemoteRepository repository(String id, String url) {
        return new RemoteRepository.Builder(id, "default", url).build();
    }

    /** A session with these settings. */
    RepositorySystemSession session(RepositorySystem system, TransferListener listener) {
        DefaultRepositorySystemSession session = MavenRepositorySystemUtils.newSession();
        session.setLocalRepositoryManager(
                system.newLocalRepositoryManager(
                        session, new LocalRepository(localRepository.toFile())));
        session.setOffline(settings.isOffline());
        session.setTransferListener(listener);
        // What failed once is asked again: the user has plugged the cable in since.
        session.setResolutionErrorPolicy(new SimpleResolutionErrorPolicy(false, false));
        session.setSystemProperties(System.getProperties());
        session.setConfigProperty(ConfigurationProperties.CONNECT_TIMEOUT, CONNECT_MS);
        session.setConfigProperty(ConfigurationProperties.REQUEST_TIMEOUT, REQUEST_MS);
        session.setMirrorSelector(mirrors());
        session.setProxySelector(proxies());
        session.setAuthenticationSelector(passwords());
        return session;
    }

    private DefaultMirrorSelector mirrors() {
        DefaultMirrorSelector selector = new DefaultMirrorSelector();
        for (Mirror mirror : settings.getMirrors()) {
            selector.add(
                    mirror.getId(),
                    mirror.getUrl(),
                    mirror.getLayout(),
                    false,
                    mirror.isBlocked(),
                    mirror.getMirrorOf(),
                    mirror.getMirrorOfLayouts());
        }
        return selector;
    }

    private ProxySelector proxies() {
        List<Proxy> active = settings.getProxies().stream().filter(Proxy::isActive).toList();
        if (active.isEmpty()) {
            return new JreProxySelector();
        }
        DefaultProxySelector selector = new DefaultProxySelector();
        for (Proxy proxy : active) {
            selector.add(
                    new org.eclipse.aether.repository.Proxy(
                            proxy.getProtocol(),
                            proxy.getHost(),
                            proxy.getPort(),
                            new AuthenticationBuilder()
                                    .addUsername(proxy.getUsername())
                                    .addPassword(proxy.getPassword())
                                    .build()),
                    proxy.getNonProxyHosts());
        }
        return selector;
    }

    private AuthenticationSelector passwords() {
        DefaultAuthenticationSelector selector = new DefaultAuthenticationSelector();
        for (Server server : settings.getServers()) {
            selector.add(
                    server.getId(),
                    new AuthenticationBuilder()
                            .addUsername(server.getUsername())
                            .addPassword(server.getPassword())
                            .addPrivateKey(server.getPrivateKey(), server.getPassphrase())
                            .build());
        }
        return new ConservativeAuthenticationSelector(selector);
    }
}
