package io.graft.benchmarks.faults;

import io.graft.GraftException;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;

/** A run that is interrupted, unless it has ended already, and what it says of itself. */
final class InterruptedRun implements Runnable {
    private final Runnable work;
    private Thread thread;
    private boolean ended;
    private boolean interrupted;
    private boolean kept;
    private Throwable failure;

    InterruptedRun(Runnable work) {
        this.work = work;
    }

    @Override
    public void run() {
        begin();
        try {
            work.run();
        } catch (Throwable thrown) {
            failure = thrown;
        } finally {
            end();
        }
    }

    private synchronized void begin() {
        thread = Thread.currentThread();
    }

    private synchronized void end() {
        ended = true;
        kept = Thread.currentThread().isInterrupted();
    }

    /** Interrupts it, in whatever way, if it is under way. */
    synchronized void interrupt(Runnable interrupt) {
        if (thread != null && !ended) {
            interrupt.run();
            interrupted = true;
        }
    }

    void interruptThread() {
        thread.interrupt();
    }

    /** Whether its thread was interrupted and is not any more. */
    synchronized boolean lostInterrupt() {
        return interrupted && !kept;
    }

    /** Whether what it said fits what is left: all new, all old, or a roll-back that failed. */
    synchronized boolean isTrue(boolean isOld, boolean isNew) {
        if (failure == null) {
            return isNew;
        }
        return failure instanceof GraftException told && (isMixed(told) ? !isOld : isOld);
    }

    private static boolean isMixed(GraftException told) {
        return told.problems().stream().map(Problem::code).anyMatch(ProblemCode.ROLL_BACK_FAILED::equals);
    }
}
