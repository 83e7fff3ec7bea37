package io.graft.torchscript;

import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.model.DraftTensor;
import io.graft.model.Ties;
import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.Form;
import io.graft.torchscript.code.CodeRefusal;
import io.graft.torchscript.code.Product;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where the code of a program reads the parametrized tensors of a plan, and what can run there in their place. */
final class ParametrizedReads {
    private final ScriptArchive archive;
    private final Ties ties;
    private final Map<String, DraftTensor> planned = new LinkedHashMap<>();
    private final List<DraftTensor> parametrized;
    private final WeightReaders readers;

    private ParametrizedReads(ScriptArchive archive, List<DraftTensor> tensors, StandingModules standing)
            throws IOException {
        this.archive = archive;
        this.ties = Ties.of(tensors);
        tensors.forEach(tensor -> planned.put(tensor.name(), tensor));
        this.parametrized = tensors.stream()
                .filter(tensor -> !tensor.parametrizations().isEmpty())
                .toList();
        IdentityHashMap<Opaque, Set<String>> fields = new IdentityHashMap<>();
        for (DraftTensor tensor : parametrized) {
            ScriptTensor place = place(tensor);
            fields.computeIfAbsent(place.module(), module -> new HashSet<>()).add(place.field());
        }
        for (Opaque module : standing.objects()) {
            fields.computeIfAbsent(module, object -> new HashSet<>()).add(StandingModules.FIELD);
        }
        this.readers = WeightReaders.of(archive, fields);
        for (DraftTensor tensor : parametrized) {
            if (ties.counts(tensor)) {
                requireRead(tensor);
            }
        }
    }

    /**
     * Looks where the parametrized tensors of a plan are read.
     *
     * @param tensors all of the plan
     * @param standing modules that are told that nobody trains
     * @throws CodeRefusal if code cannot be edited, or none reads one of them
     * @throws IOException if code cannot be read
     */
    static ParametrizedReads of(ScriptArchive archive, List<DraftTensor> tensors, StandingModules standing)
            throws IOException {
        return new ParametrizedReads(archive, tensors, standing);
    }

    /** Those that parametrizations stand on. */
    List<DraftTensor> parametrized() {
        return parametrized;
    }

    /** All tensors of the plan, in order. */
    List<DraftTensor> all() {
        return List.copyOf(planned.values());
    }

    /** A tensor of the plan. */
    DraftTensor planned(String name) {
        return planned.get(name);
    }

    /** Whether this is the name that counts, of a tensor that has several. */
    boolean counts(DraftTensor tensor) {
        return ties.counts(tensor);
    }

    /** All names of a tensor, the given one first. */
    List<String> names(DraftTensor tensor) {
        List<String> names = new ArrayList<>(List.of(tensor.name()));
        names.addAll(ties.others(tensor));
        return names;
    }

    /** Where the archive has a tensor. */
    ScriptTensor place(DraftTensor tensor) {
        return archive.find(tensor.origin()).orElseThrow();
    }

    /** A parametrization that nothing asks for would have no effect. */
    private void requireRead(DraftTensor tensor) {
        for (String name : names(tensor)) {
            ScriptTensor place = place(planned.get(name));
            if (readers.isRead(place.module(), place.field())) {
                return;
            }
        }
        throw new CodeRefusal("no method reads `" + tensor.name() + "`");
    }

    /** The last parametrizations of a tensor, those that can run beside what is computed with it. */
    List<Applied> branches(DraftTensor tensor) {
        Optional<Product> product = product(tensor);
        List<Applied> all = tensor.parametrizations();
        int first = all.size();
        while (first > 0
                && product.isPresent()
                && !all.get(first - 1).adapter().isEmpty()
                && WeightCode.lowRank(tensor, all.get(first - 1))
                        .filter(form ->
                                form.inputDropout() == 0 || product.get().takesNumbers())
                        .isPresent()) {
            first--;
        }
        return all.subList(first, all.size());
    }

    /** What every code that reads a tensor computes with it; one that has several names may be read in other ways by them. */
    Optional<Product> product(DraftTensor tensor) {
        ScriptTensor place = place(tensor);
        return ties.others(tensor).isEmpty() ? readers.product(place.module(), place.field()) : Optional.empty();
    }

    /** Whether rows of a stored tensor are all that the program looks at, and can be computed by themselves. */
    boolean isLookedUp(DraftTensor tensor) {
        boolean looks = product(tensor)
                .filter(product -> product.kind() == Product.Kind.EMBEDDING)
                .isPresent();
        return looks && WeightCode.hasRows(tensor, below(tensor));
    }

    /** The parametrizations below the {@link #branches}. */
    List<Applied> below(DraftTensor tensor) {
        return tensor.parametrizations()
                .subList(0, tensor.parametrizations().size() - branches(tensor).size());
    }

    /** The kernels that run in the place of products with a tensor; none where the program has no such products, or needs the tensor. */
    List<Form.ScaledCodes.Kernel> kernels(DraftTensor tensor) {
        boolean multiplies = product(tensor)
                .filter(product -> product.kind() == Product.Kind.LINEAR)
                .isPresent();
        int above = tensor.parametrizations().size() - branches(tensor).size();
        return multiplies && above == 1 ? KernelCode.kernels(tensor) : List.of();
    }
}
