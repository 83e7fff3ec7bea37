package io.graft.checkpoint;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Code that has to come back in time. */
public final class Watched {
    private Watched() {}

    /** Code that may throw. */
    @FunctionalInterface
    public interface Code {
        void run() throws Exception;
    }

    /**
     * Runs code.
     *
     * @param what names it
     * @throws AssertionError if it throws, or does not come back; then with what it was doing as the cause
     */
    public static void run(Duration limit, String what, Code code) {
        FutureTask<Void> task = new FutureTask<>(() -> {
            code.run();
            return null;
        });
        Thread thread = new Thread(task, what);
        thread.setDaemon(true);
        thread.start();
        try {
            task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof AssertionError told ? told : new AssertionError(what, failed.getCause());
        } catch (TimeoutException hangs) {
            Throwable doing = new IllegalStateException("still running");
            doing.setStackTrace(thread.getStackTrace());
            throw new AssertionError(what + " takes more than " + limit.toSeconds() + " seconds", doing);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(what, interrupted);
        }
    }
}
