package io.graft.torchscript.code;

/** Code that cannot be edited; the message says where and why, in one line. */
public final class CodeRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CodeRefusal(String message) {
        super(message);
    }
}
