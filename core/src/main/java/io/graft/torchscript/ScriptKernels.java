package io.graft.torchscript;

import io.graft.model.DraftTensor;
import io.graft.model.Ties;
import io.graft.model.parametrization.Form.ScaledCodes;
import io.graft.model.parametrization.Form.ScaledCodes.Kernel;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What runs in a program where it multiplies with weights that are stored as codes. */
public final class ScriptKernels {
    /** What becomes of the codes of a table of which rows are looked up. */
    public static final String ROWS = "dequantized row by row, as they are looked up";

    private ScriptKernels() {}

    /** Whether kernels take the codes of some weight; whether the program multiplies with it is another matter. */
    public static boolean anyMayRun(Collection<DraftTensor> tensors) {
        return tensors.stream().anyMatch(tensor -> !KernelCode.kernels(tensor).isEmpty());
    }

    /**
     * What runs for each weight, in words, by the names of the weights: {@code dynamic}, {@code dequantized, as the kernel is `none`}.
     *
     * @param tensors all of the program, as an archive has them
     * @throws IOException if code cannot be read
     */
    public static Map<String, String> of(ScriptArchive archive, Collection<DraftTensor> tensors) throws IOException {
        List<DraftTensor> all = List.copyOf(tensors);
        Ties ties = Ties.of(all);
        Map<String, String> kernels = new TreeMap<>();
        if (all.stream().noneMatch(tensor -> tensor.storage().isPresent())) {
            return kernels;
        }
        ParametrizedReads reads = ParametrizedReads.of(archive, all, StandingModules.of(archive, all, all));
        for (DraftTensor tensor : all) {
            Optional<ScaledCodes> form = KernelCode.codes(tensor);
            if (ties.counts(tensor) && tensor.storage().isPresent() && reads.isLookedUp(tensor)) {
                kernels.put(tensor.name(), ROWS);
            } else if (form.isPresent() && ties.counts(tensor)) {
                kernels.put(tensor.name(), describe(form.get(), KernelCode.kernels(tensor), reads.kernels(tensor)));
            }
        }
        return kernels;
    }

    /**
     * @param taking the kernels that take the codes
     * @param running those that run
     */
    private static String describe(ScaledCodes form, List<Kernel> taking, List<Kernel> running) {
        if (taking.isEmpty()) {
            return form.dequantized();
        }
        if (running.isEmpty()) {
            return "dequantized, as the program does more with it than to multiply";
        }
        return running.size() == 1
                ? running.get(0).word()
                : running.get(0).word() + " for up to " + (KernelCode.MANY - 1) + " rows, "
                        + running.get(1).word() + " for more rows";
    }
}
