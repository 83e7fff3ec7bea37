package io.graft.djl.modified;

import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.graft.model.parametrization.Adapter;
import io.graft.problem.FirstFew;
import io.graft.problem.Quoting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which adapter each row of a batch has. */
final class MixedRows {
    /**
     * The rows of one adapter.
     *
     * @param numbers from 0
     * @param batch how many rows there are
     */
    record Rows(List<Integer> numbers, int batch) {}

    private final List<String> adapterOfRow;
    private final Map<String, Rows> byAdapter = new LinkedHashMap<>();

    /**
     * @param adapterOfRow for each row a name, or {@link Adapter#BASE}
     * @throws IllegalArgumentException if there is no row
     */
    MixedRows(List<String> adapterOfRow) {
        if (adapterOfRow.isEmpty()) {
            throw new IllegalArgumentException(
                    "a batch has rows: name an adapter for each, or `" + Adapter.BASE + "` for none");
        }
        this.adapterOfRow = List.copyOf(adapterOfRow);
        Map<String, List<Integer>> numbers = new LinkedHashMap<>();
        for (int row = 0; row < adapterOfRow.size(); row++) {
            if (!adapterOfRow.get(row).equals(Adapter.BASE)) {
                numbers.computeIfAbsent(adapterOfRow.get(row), first -> new ArrayList<>())
                        .add(row);
            }
        }
        numbers.forEach((adapter, rows) -> byAdapter.put(adapter, new Rows(rows, adapterOfRow.size())));
    }

    /** The rows by their adapters; those that have none are left out. */
    Map<String, Rows> byAdapter() {
        return byAdapter;
    }

    /**
     * @throws IllegalArgumentException if the model does not have one of the adapters, or a layer cannot run one on some rows alone
     */
    void require(Map<Parameter, ParametrizationStack> stacks, Block base) {
        requireKnown(stacks);
        Set<Parameter> factored = ExchangedLayers.running(base);
        Set<String> whole = new TreeSet<>();
        stacks.forEach((weight, stack) -> stack.layers().stream()
                .filter(layer -> byAdapter.containsKey(layer.applied().adapter()))
                .filter(layer -> !(factored.contains(weight) && layer.runsBeside()))
                .forEach(layer -> whole.add("`" + stack.name() + "` (`"
                        + layer.applied().parametrization().id() + "` of `"
                        + layer.applied().adapter() + "`)")));
        if (!whole.isEmpty()) {
            throw new IllegalArgumentException(
                    "rows of one batch have adapters of their own where linear layers run these in factors, and not on "
                            + FirstFew.of(List.copyOf(whole), 4) + ": run the rows of each adapter by themselves");
        }
    }

    private void requireKnown(Map<Parameter, ParametrizationStack> stacks) {
        Set<String> known = new TreeSet<>();
        stacks.values()
                .forEach(stack -> stack.layers().stream()
                        .map(layer -> layer.applied().adapter())
                        .filter(adapter -> !adapter.isEmpty())
                        .forEach(known::add));
        byAdapter.forEach((adapter, rows) -> {
            if (!known.contains(adapter)) {
                throw new IllegalArgumentException("row " + rows.numbers().get(0) + " has the adapter `" + adapter
                        + "`, and the model has " + (known.isEmpty() ? "none" : Quoting.names(known)));
            }
        });
    }

    /**
     * @throws IllegalArgumentException if a batch has another number of rows
     */
    void require(NDList inputs) {
        long rows =
                inputs.isEmpty() || inputs.head().isScalar() ? 0 : inputs.head().size(0);
        if (rows != adapterOfRow.size()) {
            throw new IllegalArgumentException(
                    "the batch has " + rows + " rows, and adapters are named for " + adapterOfRow.size());
        }
    }

    /** The parametrizations of a forward of them. */
    Map<Parameter, ParametrizationStack> on(Map<Parameter, ParametrizationStack> stacks) {
        Map<Parameter, ParametrizationStack> mixed = new HashMap<>();
        stacks.forEach((weight, stack) -> mixed.put(weight, stack.mixed(this)));
        return mixed;
    }
}
