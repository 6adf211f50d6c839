package dev.promptpo.kernel;

import java.util.Map;
import java.util.Objects;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;

/** Shows any value: null too, arrays with their contents, and strings only as what they are. */
final class CellRenderer extends Renderer {
    @Override
    public DisplayData render(Object value, Map<String, Object> parameters) {
        return value == null ? new DisplayData("null") : super.render(value, parameters);
    }

    @Override
    public DisplayData renderAs(Object value, Map<String, Object> parameters, String... types) {
        return value == null ? new DisplayData("null") : super.renderAs(value, parameters, types);
    }

    @Override
    protected DisplayData finalizeDisplayData(DisplayData data, Object value) {
        if (Objects.isNull(data.getData(MIMEType.TEXT_PLAIN))) {
            data.putText(ValueText.of(value));
        }
        return data;
    }
}
