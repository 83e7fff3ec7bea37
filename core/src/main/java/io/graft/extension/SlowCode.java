package io.graft.extension;

import java.time.Duration;

/**
 * Names the extension whose code has not come back after a while: one whose initializer never ends would look like a fault of
 * Graft.
 */
public final class SlowCode {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private SlowCode() {}

    /**
     * Runs code of a class, with its class loader as the thread's context loader; code of the host runs as it is, unwatched.
     *
     * @param code a class of the code that is run
     */
    public static <T, X extends Exception> T watch(Class<?> code, ExtensionLoader.Call<T, X> call) throws X {
        return code.getClassLoader() instanceof ExtensionLoader own
                ? ExtensionLoader.within(own, () -> watch(own, code.getName(), PATIENCE, call))
                : call.run();
    }

    static <T, X extends Exception> T watch(
            ExtensionLoader loader, String code, Duration patience, ExtensionLoader.Call<T, X> call) throws X {
        Thread watch = new Thread(
                () -> {
                    try {
                        Thread.sleep(patience.toMillis());
                        loader.tell("waiting for `" + code + "` of the extension " + loader.place()
                                + ", which has not come back for " + patience.toSeconds()
                                + " seconds; if it never does, remove the extension");
                    } catch (InterruptedException ended) {
                        // as it should be
                    }
                },
                "graft-slow-code");
        watch.setDaemon(true);
        watch.start();
        try {
            return call.run();
        } finally {
            watch.interrupt();
        }
    }
}
