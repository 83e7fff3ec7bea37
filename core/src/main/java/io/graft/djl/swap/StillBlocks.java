package io.graft.djl.swap;

import ai.djl.nn.Block;
import ai.djl.nn.SymbolBlock;
import io.graft.extension.Thrown;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;

/**
 * Blocks that stand still: each is of a class of its own below that of the block in whose place it stands, so that every field that
 * holds the one can hold the other, and its forward is that of inference whatever it is asked for. It has all that the other one has,
 * its children and parameters too.
 */
public final class StillBlocks {
    private static final String FORWARD =
            "(Lai/djl/training/ParameterStore;Lai/djl/ndarray/NDList;ZLai/djl/util/PairList;)Lai/djl/ndarray/NDList;";
    private static final String FORWARD_WITH_LABELS =
            "(Lai/djl/training/ParameterStore;Lai/djl/ndarray/NDList;Lai/djl/ndarray/NDList;Lai/djl/util/PairList;)"
                    + "Lai/djl/ndarray/NDList;";

    /** The class below another one, made once for each. */
    private static final ClassValue<Class<?>> BELOW = new ClassValue<>() {
        @Override
        protected Class<?> computeValue(Class<?> type) {
            return define(type);
        }
    };

    /** The blocks in whose places they stand. */
    private static final Map<Block, Block> ORIGINALS = Collections.synchronizedMap(new WeakHashMap<>());

    private StillBlocks() {}

    /** Why no block can stand still in the place of one, as a sentence; empty if one can. */
    public static Optional<String> refusal(Block block) {
        Class<?> type = block.getClass();
        String name = BlockState.name(type);
        if (type.isHidden()) {
            return Optional.of("class " + name + " was made at run time, so that none can stand in for it");
        }
        if (Modifier.isFinal(type.getModifiers())) {
            return Optional.of("class " + name + " is final, so that none can stand in for it");
        }
        if (block instanceof SymbolBlock) {
            return Optional.of("it is a TorchScript program, whose inference takes no gradients");
        }
        Optional<Method> forward = forward(type);
        if (forward.isEmpty()) {
            return Optional.of("class " + name + " is none of DJL's abstract blocks");
        }
        if (Modifier.isFinal(forward.get().getModifiers())) {
            return Optional.of("the forward of class " + name + " is final");
        }
        try {
            BELOW.get(type);
            return Optional.empty();
        } catch (IllegalStateException | LinkageError unmade) {
            return Optional.of("no class can be made below " + name + ": " + Thrown.sentence(Thrown.root(unmade)));
        }
    }

    /** Whether a block is one of these. */
    public static boolean isStill(Block block) {
        return ORIGINALS.containsKey(block);
    }

    /** The class that people know a block by. */
    public static Class<?> type(Block block) {
        return isStill(block) ? block.getClass().getSuperclass() : block.getClass();
    }

    /** One that stands still, for the place of a block that has no {@link #refusal}. */
    public static Block still(Block block) {
        Block still = (Block) BlockState.allocate(BELOW.get(block.getClass()));
        BlockState.copy(block.getClass(), block, still);
        ORIGINALS.put(still, block);
        return still;
    }

    /** The block in whose place one stands, as it would be now. */
    public static Block original(Block still) {
        Block original = ORIGINALS.get(still);
        BlockState.copy(original.getClass(), still, original);
        return original;
    }

    private static Optional<Method> forward(Class<?> type) {
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            for (Method method : at.getDeclaredMethods()) {
                if (method.getName().equals("forwardInternal")
                        && method.getParameterCount() == 4
                        && method.getParameterTypes()[2] == boolean.class) {
                    return Optional.of(method);
                }
            }
        }
        return Optional.empty();
    }

    private static Class<?> define(Class<?> type) {
        try {
            return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                    .defineHiddenClass(bytes(type.getName().replace('.', '/')), false)
                    .lookupClass();
        } catch (IllegalAccessException closed) {
            throw new IllegalStateException(closed);
        }
    }

    /** A class whose both forwards are {@code return super.forwardInternal(store, inputs, false, params)}. */
    private static byte[] bytes(String above) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(0xCAFEBABE);
            out.writeInt(61); // Java 17
            out.writeShort(11); // one more than constants
            utf8(out, above + "$StandingStill"); // 1
            reference(out, 7, 1); // 2, this class
            utf8(out, above); // 3
            reference(out, 7, 3); // 4, the class above
            utf8(out, "forwardInternal"); // 5
            utf8(out, FORWARD); // 6
            reference(out, 12, 5, 6); // 7
            reference(out, 10, 4, 7); // 8, the forward of the class above
            utf8(out, FORWARD_WITH_LABELS); // 9
            utf8(out, "Code"); // 10
            out.writeShort(Modifier.FINAL | 0x0020 | 0x1000); // called by invokespecial, in no source
            out.writeShort(2);
            out.writeShort(4);
            out.writeShort(0); // interfaces
            out.writeShort(0); // fields
            out.writeShort(2); // methods
            forward(out, 6);
            forward(out, 9);
            out.writeShort(0); // attributes
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static void utf8(DataOutputStream out, String text) throws IOException {
        out.writeByte(1);
        out.writeUTF(text);
    }

    private static void reference(DataOutputStream out, int kind, int... constants) throws IOException {
        out.writeByte(kind);
        for (int constant : constants) {
            out.writeShort(constant);
        }
    }

    private static void forward(DataOutputStream out, int descriptor) throws IOException {
        byte[] code = {
            0x2a, // this
            0x2b, // the parameter store
            0x2c, // the inputs
            0x03, // false
            0x19,
            4, // further parameters
            (byte) 0xb7,
            0,
            8, // the forward of the class above
            (byte) 0xb0 // its result
        };
        out.writeShort(Modifier.PUBLIC);
        out.writeShort(5);
        out.writeShort(descriptor);
        out.writeShort(1);
        out.writeShort(10);
        out.writeInt(12 + code.length);
        out.writeShort(5); // stack
        out.writeShort(5); // locals
        out.writeInt(code.length);
        out.write(code);
        out.writeShort(0); // handlers
        out.writeShort(0); // attributes
    }
}
