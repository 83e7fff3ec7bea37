package io.graft.djl.swap;

import ai.djl.nn.Block;
import java.lang.reflect.Field;

/** What is to be known of a program of PyTorch's engine to keep it in inference, of which DJL's interface says nothing. */
final class Program {
    /** Whether the engine takes the program for one in training; in a forward that says otherwise it switches the program. */
    static final String IS_TRAINED = "isTrain";

    private static final String CLASS = "ai.djl.pytorch.engine.PtSymbolBlock";
    private static final String ENGINE = "ai.djl.pytorch.jni.JniUtils";

    private Program() {}

    /** Whether blocks of a class are such programs. */
    static boolean isKnown(Class<?> type) {
        try {
            return type.getName().equals(CLASS)
                    && type.getDeclaredField(IS_TRAINED).getType() == boolean.class;
        } catch (NoSuchFieldException otherDjl) {
            return false;
        }
    }

    /** Switches a program to inference, as a forward in inference does. */
    static void rest(Block program) {
        Class<?> type = program.getClass();
        try {
            Class.forName(ENGINE, true, type.getClassLoader())
                    .getMethod("enableInferenceMode", type)
                    .invoke(null, program);
            Field trained = type.getDeclaredField(IS_TRAINED);
            trained.setAccessible(true);
            trained.setBoolean(program, false);
        } catch (ReflectiveOperationException otherDjl) {
            throw new IllegalStateException(otherDjl);
        }
    }
}
