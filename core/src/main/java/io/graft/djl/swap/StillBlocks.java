package io.graft.djl.swap;

import ai.djl.nn.Block;
import ai.djl.nn.SymbolBlock;
import io.graft.extension.Thrown;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Blocks that stand still: each is of a class of its own below that of the block in whose place it stands, so that every field that
 * holds the one can hold the other, and its forward is that of inference whatever it is asked for. It has all that the other one has,
 * its children and parameters too.
 */
public final class StillBlocks {
    private static final String NAME = "forwardInternal";
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
        if (block instanceof SymbolBlock && !Program.isKnown(type)) {
            return Optional.of("it is a program, which can be kept still on PyTorch's engine alone");
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

    /**
     * One that stands still, for the place of a block that has no {@link #refusal}. A program is in inference from then on, as after a
     * forward in inference.
     */
    public static Block still(Block block) {
        if (block instanceof SymbolBlock) {
            Program.rest(block);
        }
        Block still = (Block) BlockState.allocate(BELOW.get(block.getClass()));
        BlockState.copy(block.getClass(), block, still);
        ORIGINALS.put(still, block);
        return still;
    }

    /** The block in whose place one stands, as it would be now. */
    public static Block original(Block still) {
        Block original = ORIGINALS.get(still);
        BlockState.copy(original.getClass(), still, original);
        if (original instanceof SymbolBlock) {
            Program.rest(original);
        }
        return original;
    }

    private static Optional<Method> forward(Class<?> type) {
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            for (Method method : at.getDeclaredMethods()) {
                if (method.getName().equals(NAME)
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
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            return SymbolBlock.class.isAssignableFrom(type)
                    ? lookup.defineHiddenClass(program(type), false, MethodHandles.Lookup.ClassOption.NESTMATE)
                            .lookupClass()
                    : lookup.defineHiddenClass(block(type), false).lookupClass();
        } catch (IllegalAccessException closed) {
            throw new IllegalStateException(closed);
        }
    }

    /** A class whose both forwards are {@code return super.forwardInternal(store, inputs, false, params)}. */
    private static byte[] block(Class<?> type) {
        ClassWriter below = below(type);
        for (String descriptor : List.of(FORWARD, FORWARD_WITH_LABELS)) {
            MethodVisitor forward = forward(below, descriptor);
            forward.visitInsn(Opcodes.ICONST_0);
            end(forward, type);
        }
        return below.toByteArray();
    }

    /**
     * A class whose forward is {@code isTrain = training; return super.forwardInternal(store, inputs, training, params)}: in training the
     * engine takes gradients, which it does not in inference, and finds that it need not switch the program to training.
     */
    private static byte[] program(Class<?> type) {
        ClassWriter below = below(type);
        MethodVisitor forward = forward(below, FORWARD);
        forward.visitVarInsn(Opcodes.ALOAD, 0);
        forward.visitVarInsn(Opcodes.ILOAD, 3);
        forward.visitFieldInsn(Opcodes.PUTFIELD, Type.getInternalName(type), Program.IS_TRAINED, "Z");
        forward.visitVarInsn(Opcodes.ILOAD, 3);
        end(forward, type);
        return below.toByteArray();
    }

    private static ClassWriter below(Class<?> type) {
        String above = Type.getInternalName(type);
        ClassWriter below = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        below.visit(
                Opcodes.V17, Opcodes.ACC_FINAL | Opcodes.ACC_SYNTHETIC, above + "$StandingStill", null, above, null);
        return below;
    }

    private static MethodVisitor forward(ClassWriter below, String descriptor) {
        return below.visitMethod(Opcodes.ACC_PROTECTED, NAME, descriptor, null, null);
    }

    /** Calls the forward of the class above, with what is on the stack for whether it is training. */
    private static void end(MethodVisitor forward, Class<?> type) {
        // The other operands go below it.
        int training = 5;
        forward.visitVarInsn(Opcodes.ISTORE, training);
        forward.visitVarInsn(Opcodes.ALOAD, 0);
        forward.visitVarInsn(Opcodes.ALOAD, 1);
        forward.visitVarInsn(Opcodes.ALOAD, 2);
        forward.visitVarInsn(Opcodes.ILOAD, training);
        forward.visitVarInsn(Opcodes.ALOAD, 4);
        forward.visitMethodInsn(Opcodes.INVOKESPECIAL, Type.getInternalName(type), NAME, FORWARD, false);
        forward.visitInsn(Opcodes.ARETURN);
        forward.visitMaxs(0, 0);
        forward.visitEnd();
    }
}
