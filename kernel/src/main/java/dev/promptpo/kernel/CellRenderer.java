package dev.promptpo.kernel;

import dev.promptpo.kernel.display.DefaultView;
import dev.promptpo.kernel.display.JsonForm;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.DisplayDataRenderable;
import org.dflib.jjava.jupyter.kernel.display.RenderFunction;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMETypeParseException;

/**
 * Shows any value: as it was registered, else as {@link DefaultView} has it, else as text; null
 * too, arrays with their contents, and strings only as what they are.
 */
final class CellRenderer extends Renderer {
    private static final String JSON = MIMEType.APPLICATION_JSON.toString();

    private final Set<Class<?>> registered = ConcurrentHashMap.newKeySet();

    @Override
    public <T> void register(
            Set<MIMEType> supported,
            Set<MIMEType> preferred,
            Set<Class<? extends T>> types,
            RenderFunction<T> function) {
        super.register(supported, preferred, types, function);
        registered.addAll(types);
    }

    @Override
    public DisplayData render(Object value, Map<String, Object> parameters) {
        if (value == null) {
            return new DisplayData("null");
        }
        return defaultView(value)
                .map(data -> finalizeDisplayData(data, value))
                .orElseGet(() -> super.render(value, parameters));
    }

    @Override
    public DisplayData renderAs(Object value, Map<String, Object> parameters, String... types) {
        if (value == null) {
            return new DisplayData("null");
        }
        if (value instanceof byte[] bytes) {
            return bytesAs(bytes, types);
        }
        DisplayData data =
                defaultView(value)
                        .filter(view -> hasOneOf(view, types))
                        .map(view -> finalizeDisplayData(view, value))
                        .orElseGet(() -> super.renderAs(value, parameters, types));
        if (List.of(types).contains(JSON) && !isOwnJson(value)) {
            data.putData(MIMEType.APPLICATION_JSON, JsonForm.of(value));
        }
        return data;
    }

    // Text in bytes is text; a picture travels in base 64.
    private DisplayData bytesAs(byte[] bytes, String... types) {
        DisplayData data = new DisplayData(DefaultView.text(bytes));
        for (String type : types) {
            boolean text = type.startsWith("text/") || type.endsWith("xml");
            data.putData(
                    type,
                    text
                            ? new String(bytes, StandardCharsets.UTF_8)
                            : Base64.getEncoder().encodeToString(bytes));
        }
        return data;
    }

    private static boolean hasOneOf(DisplayData data, String... types) {
        for (String type : types) {
            try {
                if (data.hasDataForType(MIMEType.parse(type))) {
                    return true;
                }
            } catch (MIMETypeParseException e) {
                throw new IllegalArgumentException("not a MIME type: " + type, e);
            }
        }
        return false;
    }

    private boolean isOwnJson(Object value) {
        return !(value instanceof CharSequence) && isRegistered(value);
    }

    private boolean isRegistered(Object value) {
        return value instanceof DisplayDataRenderable
                || registered.stream().anyMatch(type -> type.isInstance(value));
    }

    private Optional<DisplayData> defaultView(Object value) {
        return isRegistered(value) ? Optional.empty() : DefaultView.of(value);
    }

    @Override
    protected DisplayData finalizeDisplayData(DisplayData data, Object value) {
        if (Objects.isNull(data.getData(MIMEType.TEXT_PLAIN))) {
            data.putText(ValueText.of(value));
        }
        return data;
    }
}
