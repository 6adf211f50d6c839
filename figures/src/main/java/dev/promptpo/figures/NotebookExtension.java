package dev.promptpo.figures;

import dev.promptpo.analysis.Ablation;
import dev.promptpo.analysis.Comparison;
import dev.promptpo.analysis.Finding;
import dev.promptpo.analysis.HeldoutEstimate;
import dev.promptpo.analysis.NormalisedReturns;
import dev.promptpo.analysis.PolicyEstimate;
import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.film.Film;
import dev.promptpo.optimizer.Candidate;
import dev.promptpo.optimizer.Reroll;
import dev.promptpo.optimizer.Run;
import dev.promptpo.optimizer.RunObservers;
import dev.promptpo.policy.SourceDiff;
import dev.promptpo.rollout.RolloutResult;
import java.awt.image.BufferedImage;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import org.dflib.jjava.jupyter.Extension;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.RenderContext;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.dflib.jjava.jupyter.kernel.display.common.Image;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import tech.tablesaw.api.Table;

/**
 * Teaches a notebook to show what this project makes: tables, charts, pictures, tasks, rollouts,
 * films, runs (live while they work) and Python source; adds the imports that cells need, and the
 * magic {@code %%python}.
 *
 * <p>A kernel built on jjava-jupyter finds it by itself (ours, and stock JJava). Each value shows
 * itself as text too, so nothing is lost where there is no browser.
 */
public final class NotebookExtension implements Extension, Runnable {
    private static final MIMEType HTML = MIMEType.TEXT_HTML;
    private static final MIMEType PLAIN = MIMEType.TEXT_PLAIN;

    private static final List<String> IMPORTS =
            List.of(
                    "dev.promptpo.analysis.*",
                    "dev.promptpo.environment.*",
                    "dev.promptpo.figures.*",
                    "dev.promptpo.film.*",
                    "dev.promptpo.llm.*",
                    "dev.promptpo.optimizer.*",
                    "dev.promptpo.policy.*",
                    "dev.promptpo.prompt.*",
                    "dev.promptpo.rollout.*",
                    "tech.tablesaw.api.*");

    private final Map<BaseKernel, Watching> watching = new ConcurrentHashMap<>();

    @Override
    public void install(BaseKernel kernel) {
        register(kernel.getRenderer());
        PythonMagic.register(kernel);
        LiveDisplay display = new LiveDisplay(new CellScreen(kernel));
        watching.put(kernel, new Watching(display, RunObservers.register(display)));
        for (String packages : IMPORTS) {
            kernel.evalRaw("import " + packages + ";");
        }
    }

    /**
     * Makes a table and a chart that nobody sees, so that the first of a session need not wait: for
     * Tablesaw's search of all jars for its readers and writers, for fonts, rasteriser and
     * encoders. Our kernel calls this once, beside its cells, when its session has started.
     */
    @Override
    public void run() {
        // What fails here, the cell that makes a table meets too, and says so.
        Thread.ofPlatform().daemon().name("first table").start(new FutureTask<>(Table::create));
        Picture picture = Picture.of(PaperLook.on(new XYChartBuilder().build()));
        picture.png();
        picture.svg();
    }

    /** How each type shows itself. */
    static void register(Renderer renderer) {
        texts(
                renderer,
                Table.class,
                table -> new TableView(table).html(),
                table -> new TableView(table).text());
        texts(
                renderer,
                EnvironmentSpec.class,
                spec -> new SpecView(spec).html(),
                spec -> new SpecView(spec).text());
        texts(
                renderer,
                Run.class,
                run -> new RunView(run, Map.of(), "").html(),
                run -> new RunView(run, Map.of(), "").text());
        texts(renderer, HeldoutEstimate.class, HeldoutView::html, HeldoutEstimate::toString);
        texts(renderer, PolicyEstimate.class, PolicyEstimateView::html, PolicyEstimate::toString);
        texts(renderer, RolloutResult.class, RolloutView::html, RolloutView::text);
        texts(renderer, Reroll.class, RerollView::html, Reroll::toString);
        texts(renderer, Candidate.class, CandidateView::html, CandidateView::text);
        texts(renderer, SourceDiff.class, DiffView::html, SourceDiff::toString);
        texts(
                renderer,
                Ablation.Result.class,
                result -> new TableView(result.table()).html(),
                result -> new TableView(result.table()).text());
        texts(
                renderer,
                Comparison.class,
                both -> new TableView(both.table()).html(),
                both -> new TableView(both.table()).text());
        texts(
                renderer,
                NormalisedReturns.class,
                returns -> new TableView(returns.table()).html() + Html.paragraph(returns.claim()),
                NormalisedReturns::toString);
        texts(renderer, Finding.class, finding -> Html.paragraph(finding.text()), Finding::text);
        texts(renderer, PythonSource.class, PythonSource::html, PythonSource::toString);
        renderer.createRegistration(Film.class)
                .preferring(HTML, MIMEType.IMAGE_PNG)
                .supporting(PLAIN)
                .register(NotebookExtension::film);
        renderer.createRegistration(Picture.class)
                .preferring(MIMEType.IMAGE_SVG, MIMEType.IMAGE_PNG)
                .register(NotebookExtension::picture);
        renderer.createRegistration(Chart.class)
                .preferring(MIMEType.IMAGE_SVG, MIMEType.IMAGE_PNG)
                .register((chart, context) -> picture(Picture.of(PaperLook.on(chart)), context));
        renderer.createRegistration(BufferedImage.class)
                .preferring(MIMEType.IMAGE_PNG)
                .register((image, context) -> {
                    Image.renderImage(image, context);
                    context.getOutputContainer()
                            .putText("image, " + image.getWidth() + " x " + image.getHeight());
                });
    }

    @Override
    public void uninstall(BaseKernel kernel) {
        Optional.ofNullable(watching.remove(kernel))
                .ifPresent(both -> {
                    both.registration().close();
                    both.display().close();
                });
    }

    private record Watching(LiveDisplay display, RunObservers.Registration registration) {}

    private static <T> void texts(
            Renderer renderer, Class<T> type, Function<T, String> html, Function<T, String> text) {
        renderer.createRegistration(type)
                .preferring(HTML)
                .supporting(PLAIN)
                .register((value, context) -> {
                    context.renderIfRequested(HTML, () -> html.apply(value));
                    context.getOutputContainer().putText(text.apply(value));
                });
    }

    /** Moving in a browser; a strip of stills where only pictures are shown; a line elsewhere. */
    private static void film(Film film, RenderContext context) {
        context.renderIfRequested(HTML, () -> FilmView.html(film));
        png(FilmView.strip(film, FilmView.STILLS), context);
        context.getOutputContainer().putText(film.caption());
    }

    private static void picture(Picture picture, RenderContext context) {
        context.renderIfRequested(MIMEType.IMAGE_SVG, picture::svg);
        png(picture, context);
        context.getOutputContainer().putText(picture.description());
    }

    private static void png(Picture picture, RenderContext context) {
        if (context.wantsDataRenderedAs(MIMEType.IMAGE_PNG)) {
            DisplayData out = context.getOutputContainer();
            // Two pixels for each CSS pixel: the size it is meant to have is said beside it.
            out.putData(
                    MIMEType.IMAGE_PNG,
                    Base64.getEncoder().encodeToString(picture.png()),
                    Map.of("width", picture.width(), "height", picture.height()));
        }
    }

    /** The cell that runs, or ran last. */
    private record CellScreen(BaseKernel kernel) implements LiveDisplay.Screen {
        @Override
        public void show(String id, String html, String text) {
            DisplayData data = data(html, text);
            data.setDisplayId(id);
            kernel.display(data);
        }

        @Override
        public void update(String id, String html, String text) {
            kernel.getIO().display.updateDisplay(id, data(html, text));
        }

        private static DisplayData data(String html, String text) {
            DisplayData data = new DisplayData(text);
            data.putHTML(html);
            return data;
        }
    }
}
