package io.graft.djl.run;

import ai.djl.engine.Engine;
import ai.djl.util.Platform;
import io.graft.djl.forward.BlockModelException;
import io.graft.extension.Thrown;
import io.graft.problem.ProblemCode;

/** DJL's PyTorch engine, started without any network: natives come from the class path or not at all. */
public final class PyTorchEngine {
    private static final String NAME = "PyTorch";

    private PyTorchEngine() {}

    /**
     * @throws BlockModelException {@link ProblemCode#ENGINE_MISSING} if the engine or its natives are not there
     */
    public static Engine start() {
        // Read when DJL's Engine class is initialized: the first one keeps natives from being downloaded, both stop
        // telemetry.
        setUnlessSet("ai.djl.offline", "true");
        setUnlessSet("OPT_OUT_TRACKING", "true");
        try {
            if (Engine.hasEngine(NAME)) {
                return Engine.getEngine(NAME);
            }
        } catch (RuntimeException | LinkageError | AssertionError failure) {
            throw missing("DJL's PyTorch engine does not start: " + Thrown.sentence(Thrown.root(failure)), failure);
        }
        throw missing("DJL's PyTorch engine is not on the class path", null);
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static BlockModelException missing(String detail, Throwable cause) {
        Platform platform = Platform.fromSystem("pytorch");
        String help = "add pytorch-engine, pytorch-jni and pytorch-native-cpu (classifier " + platform.getOsPrefix()
                + "-" + platform.getOsArch() + ") of the group ai.djl.pytorch to the class path";
        return new BlockModelException(ProblemCode.ENGINE_MISSING, "", detail, help, cause);
    }
}
