package io.graft;

/**
 * A model that is run for what one of its modules gives. Its outputs are those of the module, named {@code 0}, {@code 1}, ... in order;
 * what comes after the module need not be computed. Until it is closed, the model is for nothing else.
 */
public interface ModuleForward extends Forward, AutoCloseable {
    @Override
    void close();
}
