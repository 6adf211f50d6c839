package dev.promptpo.figures;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.theme.XChartTheme;

/**
 * Gives a chart that still has XChart's first theme the look of all figures here, as far as nobody
 * has chosen otherwise: what was set on its styler stays, and so does another theme as a whole.
 */
final class PaperLook {
    /**
     * Not taken over: our own charts choose their axes' ranges and need no room beside the data;
     * and what stands for horizontal and vertical lines at once would undo the one with the other.
     */
    private static final Set<String> KEPT =
            Set.of("Theme", "PlotContentSize", "PlotGridLinesVisible");

    /** The look is what charts have in common; what a pie writes on its slices is its own. */
    private static final Set<Class<?>> COMMON = Set.of(Styler.class, AxesChartStyler.class);

    private PaperLook() {}

    /** The same chart, with {@link PaperTheme} in place of what XChart's own theme has set. */
    static Chart<?, ?> on(Chart<?, ?> chart) {
        Styler styler = chart.getStyler();
        if (styler.getTheme() instanceof XChartTheme) {
            Optional<Styler> before = fresh(styler.getClass());
            Optional<Styler> paper = fresh(styler.getClass());
            if (before.isPresent() && paper.isPresent()) {
                paper.get().setTheme(new PaperTheme());
                for (Method setter : styler.getClass().getMethods()) {
                    if (setter.getName().startsWith("set")
                            && setter.getParameterCount() == 1
                            && COMMON.contains(setter.getDeclaringClass())) {
                        take(setter, styler, before.get(), paper.get());
                    }
                }
            }
        }
        return chart;
    }

    private static Optional<Styler> fresh(Class<? extends Styler> type) {
        try {
            return Optional.of(type.getDeclaredConstructor().newInstance());
        } catch (ReflectiveOperationException e) {
            // A styler of someone's own: it has its look already.
            return Optional.empty();
        }
    }

    private static void take(Method setter, Styler styler, Styler before, Styler paper) {
        try {
            Optional<Method> getter = getter(setter);
            if (getter.isPresent()
                    && Objects.deepEquals(
                            getter.get().invoke(styler), getter.get().invoke(before))) {
                setter.invoke(styler, getter.get().invoke(paper));
            }
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("a styler's properties can be read and set", e);
        }
    }

    private static Optional<Method> getter(Method setter) {
        String name = setter.getName().substring(3);
        for (String verb : new String[] {"get", "is"}) {
            try {
                Method getter = setter.getDeclaringClass().getMethod(verb + name);
                if (getter.getReturnType() == setter.getParameterTypes()[0]
                        && !KEPT.contains(name)) {
                    return Optional.of(getter);
                }
            } catch (NoSuchMethodException e) {
                continue;
            }
        }
        return Optional.empty();
    }
}
