package io.graft.djl.modified;

import ai.djl.MalformedModelException;
import ai.djl.nn.Parameter;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;

/** Which parameters are trained, at the end of a file of parameters, where a block that does not know of it stops before. */
final class TrainableFlags {
    private static final String MARK = "graft.trainable";

    private TrainableFlags() {}

    static void save(List<Parameter> parameters, DataOutputStream out) throws IOException {
        out.writeUTF(MARK);
        out.writeInt(parameters.size());
        for (Parameter parameter : parameters) {
            out.writeBoolean(parameter.requiresGradient());
        }
    }

    /** Takes them over; a file that tells none leaves them as they are. */
    static void load(List<Parameter> parameters, DataInputStream in) throws IOException, MalformedModelException {
        if (hasEnded(in)) {
            return;
        }
        if (!in.readUTF().equals(MARK)) {
            throw new MalformedModelException("the file has more parameters than the block");
        }
        int told = in.readInt();
        if (told != parameters.size()) {
            throw new MalformedModelException("the file tells which of " + told
                    + " parameters are trained, and the block has " + parameters.size());
        }
        for (Parameter parameter : parameters) {
            parameter.freeze(!in.readBoolean());
        }
    }

    private static boolean hasEnded(DataInputStream in) throws IOException {
        if (!in.markSupported()) {
            return in.available() <= 0;
        }
        in.mark(1);
        boolean ended = in.read() < 0;
        in.reset();
        return ended;
    }
}
