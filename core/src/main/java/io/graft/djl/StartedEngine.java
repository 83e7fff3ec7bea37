package io.graft.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import io.graft.djl.array.FreedMemory;
import io.graft.djl.run.PyTorchEngine;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * DJL's PyTorch engine after it has loaded its native library and computed something with it.
 *
 * @param version PyTorch's version, as the engine tells it
 * @param library where the native library was loaded from; empty if the engine does not tell
 * @param devices where it can compute, the preferred one first: {@code gpu(0)}, {@code cpu()}
 */
public record StartedEngine(String version, String library, List<String> devices) {
    private static final String LIBRARY = "PyTorch Library: ";

    public StartedEngine {
        devices = List.copyOf(devices);
    }

    /**
     * Starts the engine of this process. A native library that does not fit the machine may end the process.
     *
     * @throws io.graft.djl.forward.BlockModelException if the engine or its natives are not there
     */
    public static StartedEngine start() {
        Engine engine = PyTorchEngine.start();
        try (NDManager manager = engine.newBaseManager()) {
            float sum = manager.create(new float[] {1, 2}).sum().getFloat();
            if (sum != 3) {
                throw new IllegalStateException("1 + 2 gives " + sum);
            }
        }
        List<String> devices =
                Arrays.stream(engine.getDevices()).map(Object::toString).toList();
        return new StartedEngine(engine.getVersion(), library(engine.toString()), devices);
    }

    /**
     * Has the C library keep memory that the engine gives back, for the next array. The one of most Linux systems, glibc, hands it to the
     * system and asks for it anew, page by page, which can take longer than a forward. A model that gets kernels for its codes does it
     * by itself, and so does a trainer; a program that runs other models may, once.
     *
     * <p>It counts for the whole process: each thread's share of the memory may keep up to 256 MiB that nothing uses. A process that was
     * started with such settings keeps these ({@code MALLOC_TRIM_THRESHOLD_}, {@code MALLOC_MMAP_THRESHOLD_}, {@code GLIBC_TUNABLES}), and
     * the property {@code io.graft.mallopt=none} leaves the C library alone.
     *
     * @return why the C library is as it was, as a sentence; empty if it keeps the memory
     */
    public static Optional<String> keepFreedMemory() {
        return FreedMemory.keep();
    }

    private static String library(String description) {
        int start = description.indexOf(LIBRARY);
        return start < 0 ? "" : description.substring(start + LIBRARY.length()).strip();
    }
}
