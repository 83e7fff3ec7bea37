package io.graft.modifiers.lora.resize;

import io.graft.lora.dialect.AdapterTensor;
import io.graft.lora.dialect.AdapterUpdate;
import io.graft.modifiers.lora.matrix.Matrices;
import io.graft.modifiers.lora.update.Factors;
import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.LazyTensors.Output;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The updates of one module in several adapters as one: their factors side by side, which is exact, or of a lower rank. */
final class SummedUpdate {
    private final List<FactorPair> pairs = new ArrayList<>();
    private final List<Double> scales = new ArrayList<>();

    /** @param scale how often the product counts */
    void add(FactorPair pair, double scale) {
        pairs.add(pair);
        scales.add(scale);
    }

    private AdapterUpdate first() {
        return pairs.get(0).update();
    }

    /** Whether another update is one of the same layer, by its shapes. */
    boolean isAlike(AdapterUpdate other) {
        AdapterUpdate here = first();
        return here.isEmbedding() == other.isEmbedding()
                && here.a().shape().with(0, 1).equals(other.a().shape().with(0, 1))
                && here.b().shape().with(1, 1).equals(other.b().shape().with(1, 1));
    }

    int rank() {
        return pairs.stream().mapToInt(FactorPair::rank).sum();
    }

    /** What it becomes at the rank that a rule gives; reads the factors. */
    ResizedUpdate described(Optional<TargetRank> target) throws IOException {
        if (target.isEmpty()) {
            return new ResizedUpdate(first().module(), first().target(), rank(), rank(), 0);
        }
        SingularValues values = Spectrum.of(b(), a(), rank()).values();
        int to = Math.min(rank(), target.get().of(rank(), values));
        return new ResizedUpdate(first().module(), first().target(), rank(), to, values.lostAt(to));
    }

    /** The update at a rank, of scale 1; it is computed when it is written. */
    AdapterUpdate update(int to) {
        AdapterUpdate here = first();
        DType dtype = pairs.stream()
                .flatMap(pair -> pair.update().dtypes())
                .map(Factors::dtypeFor)
                .reduce(DType.F32, (one, other) -> one == DType.F64 ? one : other);
        List<LazyTensor> inputs = pairs.stream()
                .flatMap(pair -> Stream.of(pair.update().a(), pair.update().b()))
                .<LazyTensor>map(AdapterTensor::value)
                .toList();
        String operation = pairs.size() + " updates as one of rank " + to;
        List<ComputedTensor> both = LazyTensors.joint(
                inputs,
                List.of(
                        new Output(operation, dtype, here.a().shape().with(0, to)),
                        new Output(operation, dtype, here.b().shape().with(1, to))),
                () -> factors(to, dtype));
        return new AdapterUpdate(
                here.path(),
                here.isEmbedding(),
                here.a().with(both.get(0)),
                here.b().with(both.get(1)),
                Optional.empty(),
                Optional.empty());
    }

    private List<TensorData> factors(int to, DType dtype) throws IOException {
        if (to == rank()) {
            return List.of(Matrices.data(a(), dtype), Matrices.data(b(), dtype));
        }
        Spectrum parts = Spectrum.of(b(), a(), rank());
        return List.of(Matrices.data(parts.a(to), dtype), Matrices.data(parts.b(to), dtype));
    }

    /** {@code [out, rank]}: each with its scale, side by side. */
    private double[] b() throws IOException {
        int rank = rank();
        int outputs = Math.toIntExact(first().b().shape().dimension(0));
        double[] all = new double[outputs * rank];
        int at = 0;
        for (int i = 0; i < pairs.size(); i++) {
            int own = pairs.get(i).rank();
            double[] one = pairs.get(i).b();
            for (int place = 0; place < one.length; place++) {
                all[place / own * rank + at + place % own] = scales.get(i) * one[place];
            }
            at += own;
        }
        return all;
    }

    /** {@code [rank, in]}: one below the other. */
    private double[] a() throws IOException {
        double[] all = new double[0];
        for (FactorPair pair : pairs) {
            double[] one = pair.a();
            double[] longer = new double[all.length + one.length];
            System.arraycopy(all, 0, longer, 0, all.length);
            System.arraycopy(one, 0, longer, all.length, one.length);
            all = longer;
        }
        return all;
    }
}
