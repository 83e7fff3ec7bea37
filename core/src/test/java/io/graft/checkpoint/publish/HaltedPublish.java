package io.graft.checkpoint.publish;

import java.io.IOException;
import java.nio.file.Path;

/** A JVM that ends at once, before the n-th change that publishing makes. */
final class HaltedPublish {
    private HaltedPublish() {}

    /** Arguments: the folder, the model, its value, n. */
    public static void main(String[] arguments) throws IOException {
        int last = Integer.parseInt(arguments[3]);
        Models.valueOf(arguments[1]).publish(Path.of(arguments[0]), Float.parseFloat(arguments[2]), new Changes(n -> {
            if (n == last) {
                Runtime.getRuntime().halt(137);
            }
        }));
    }
}
