package io.graft.djl.array;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The array of a parameter whose values something else holds: it is given up, and made anew where they are wanted again. Meanwhile the
 * parameter keeps its shape and dtype, in an array whose every value is the same NaN in memory, so that whoever computes with it anyway
 * cannot miss it.
 */
public final class BaseArray {
    private static final Map<Parameter, NDArray> ABSENT = Collections.synchronizedMap(new WeakHashMap<>());

    private BaseArray() {}

    /** Whether the parameter's values were given up. */
    public static boolean isAbsent(Parameter parameter) {
        NDArray absent = ABSENT.get(parameter);
        return absent != null && absent == parameter.getArray();
    }

    /** Frees the memory of a parameter of floating-point numbers. */
    public static void giveUp(Parameter parameter) {
        NDArray array = parameter.getArray();
        NDManager manager = array.getManager();
        try (NDArray number = manager.create(Float.NaN);
                NDArray typed = number.toType(array.getDataType(), true);
                NDArray single = typed.reshape(1)) {
            NDArray absent = single.broadcast(array.getShape());
            absent.setName(array.getName());
            ABSENT.put(parameter, absent);
            exchange(parameter, absent);
        }
        array.close();
    }

    /** Gives a parameter whose values were given up an array for others, of zeros. */
    public static void makeRoom(Parameter parameter) {
        NDArray absent = ABSENT.remove(parameter);
        DataType type = absent.getDataType();
        NDArray array = absent.getManager().zeros(absent.getShape(), type);
        array.setName(absent.getName());
        exchange(parameter, array);
        absent.close();
    }

    /** Something that may fail while values are written. */
    @FunctionalInterface
    public interface Writing {
        /**
         * @throws IOException if they cannot be written
         */
        void run() throws IOException;
    }

    /** Does something for which parameters whose values were given up have none: DJL writes a mark for them then. */
    public static void withoutAbsent(Collection<Parameter> parameters, Writing writing) throws IOException {
        IdentityHashMap<Parameter, NDArray> absent = new IdentityHashMap<>();
        parameters.stream()
                .filter(BaseArray::isAbsent)
                .forEach(parameter -> absent.put(parameter, parameter.getArray()));
        try {
            absent.keySet().forEach(parameter -> exchange(parameter, null));
            writing.run();
        } finally {
            absent.forEach(BaseArray::exchange);
        }
    }

    /** DJL lets nobody give a parameter a second array. */
    private static void exchange(Parameter parameter, @Nullable NDArray array) {
        try {
            Field field = Parameter.class.getDeclaredField("array");
            field.setAccessible(true);
            field.set(parameter, array);
        } catch (ReflectiveOperationException otherDjl) {
            throw new IllegalStateException(otherDjl);
        }
    }
}
