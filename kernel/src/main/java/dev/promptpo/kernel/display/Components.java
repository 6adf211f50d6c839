package dev.promptpo.kernel.display;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;

/** What a record's components hold. */
final class Components {
    private Components() {}

    /** A component's value; of one that throws, what it threw. */
    static Object value(RecordComponent component, Record record) {
        Method accessor = component.getAccessor();
        try {
            accessor.setAccessible(true);
            return accessor.invoke(record);
        } catch (InvocationTargetException e) {
            return e.getCause();
        } catch (IllegalAccessException | RuntimeException e) {
            return "(not accessible)";
        }
    }
}
