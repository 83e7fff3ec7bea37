package io.graft.lora.dialect;

import io.graft.Artifact;
import io.graft.checkpoint.pytorch.PytorchWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.problem.FirstFew;
import io.graft.problem.Quoting;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** What a dialect may ask for and must tell while it says how adapters look in it. */
public final class AdapterTarget {
    private final Optional<BaseModel> base;
    private final Optional<String> section;
    private final Set<String> refusals = new LinkedHashSet<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private List<Adapter> adapters = List.of();

    /**
     * @param base the model that the adapter is for, if somebody told
     * @param section which model of several an adapter is for whose file does not tell, if somebody told
     */
    public AdapterTarget(Optional<BaseModel> base, Optional<String> section) {
        this.base = base;
        this.section = section;
    }

    /** Takes down what is written: files of tensors tell what it was made for. */
    void take(List<Adapter> written) {
        adapters = List.copyOf(written);
    }

    /** The model that the adapter is for, as far as it is known. */
    public Optional<BaseModel> base() {
        return base;
    }

    /** Something that the dialect cannot say; nothing will be written. */
    public void refuse(String what) {
        refusals.add(what);
    }

    /** Something that the dialect leaves out without harm, or says otherwise. */
    public void note(String what) {
        notes.add(what);
    }

    /** What cannot be said, each cause once. */
    public List<String> refusals() {
        return List.copyOf(refusals);
    }

    /** What a person should know of what is written. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /** The only one, for a dialect whose files are of one model; of several none, which is refused. */
    public Optional<Adapter> only(List<Adapter> adapters) {
        if (adapters.size() == 1) {
            String of = adapters.get(0).section();
            if (!of.isEmpty()) {
                note("that it is for `" + of + "` is not said");
            }
            return Optional.of(adapters.get(0));
        }
        refuse("adapters of " + adapters.size() + " models, "
                + Quoting.names(adapters.stream().map(Adapter::section).toList())
                + " (choose one with --section)");
        return Optional.empty();
    }

    /** The name of the model that an adapter is for, for a dialect that has to say it; if nobody told, that is refused. */
    public Optional<String> section(Adapter adapter) {
        Optional<String> found =
                Optional.of(adapter.section()).filter(name -> !name.isEmpty()).or(() -> section);
        if (found.isEmpty()) {
            refuse(
                    "an adapter that does not tell which model of a pipeline it is for (name it with --section, such as unet,"
                            + " transformer or text_encoder)");
        }
        return found;
    }

    /** The updates, for a dialect that can say only pairs of factors, and what is allowed beside them; all else is refused. */
    public List<AdapterUpdate> updates(Adapter adapter, Can... abilities) {
        Set<Can> can = Set.of(abilities);
        List<AdapterUpdate> updates = adapter.updates();
        refuse(adapter.others(), AdapterTensor.SAVED, "tensors that were saved whole");
        refuse(adapter.others(), AdapterTensor.ROWS, "trained rows of an embedding");
        adapter.others().stream()
                .map(AdapterTensor::slot)
                .filter(slot -> !slot.equals(AdapterTensor.SAVED) && !slot.equals(AdapterTensor.ROWS))
                .forEach(slot -> refuse("tensors of another method than LoRA (`" + slot + "`)"));
        refuse("updates inside of others, as of parameters", updates, update -> update.depth() > 0);
        refuse("biases of updates", updates, update -> update.bias().isPresent() && !can.contains(Can.BIAS));
        refuse("magnitudes of DoRA", updates, update -> update.magnitude().isPresent() && !can.contains(Can.DORA));
        refuse("updates of embeddings", updates, update -> update.isEmbedding() && !can.contains(Can.EMBEDDING));
        refuse(
                "updates of convolutions",
                updates,
                update -> update.a().shape().rank() > 2 && !can.contains(Can.CONVOLUTION));
        return updates;
    }

    /** What a dialect may be able to say beside linear updates. */
    public enum Can {
        BIAS,
        DORA,
        EMBEDDING,
        CONVOLUTION
    }

    private void refuse(List<AdapterTensor> tensors, String slot, String what) {
        List<String> names = tensors.stream()
                .filter(tensor -> tensor.slot().equals(slot))
                .map(AdapterTensor::module)
                .toList();
        if (!names.isEmpty()) {
            refuse(what + " (" + FirstFew.names(names) + ")");
        }
    }

    private void refuse(String what, List<AdapterUpdate> updates, Predicate<AdapterUpdate> which) {
        List<String> names =
                updates.stream().filter(which).map(AdapterUpdate::module).toList();
        if (!names.isEmpty()) {
            refuse(what + " (" + FirstFew.names(names) + ")");
        }
    }

    /**
     * The alpha that divided by the rank is each update's scale, by path, for a dialect that knows no other scale.
     */
    public Map<String, Double> alphas(Adapter adapter, List<AdapterUpdate> updates) {
        Map<String, Double> alphas = new LinkedHashMap<>();
        updates.forEach(update -> alphas.put(update.path(), adapter.alpha(update)));
        if (adapter.settings().isRankStabilised() && !updates.isEmpty()) {
            note("`use_rslora` is said by other alphas, of the same scales");
        }
        return alphas;
    }

    /** The only one of several numbers, for a dialect that has one for all; several are refused. */
    public <N extends Number> Optional<N> same(String what, Collection<N> numbers) {
        Set<N> distinct = new LinkedHashSet<>(numbers);
        if (distinct.size() > 1) {
            refuse(what + " that differ ("
                    + FirstFew.of(distinct.stream().map(String::valueOf).toList(), 4) + ")");
        }
        return distinct.stream().findFirst();
    }

    /** Tensors as a safetensors file, which tells what the adapters were made for beside its own metadata. */
    public Artifact safetensors(String name, List<AdapterTensor> tensors, Map<String, String> metadata) {
        Map<String, LazyTensor> values = new LinkedHashMap<>();
        tensors.forEach(tensor -> values.put(tensor.key(), tensor.value()));
        Map<String, String> all = new LinkedHashMap<>(metadata);
        adapters.forEach(adapter -> all.putAll(adapter.base().metadata(adapters.size() == 1 ? "" : adapter.section())));
        return Artifact.tensors(name, WrittenFile.Kind.ADAPTER, values, all);
    }

    /** Tensors as a file of PyTorch, which has no place for what the adapters were made for. */
    public Artifact pytorch(String name, List<AdapterTensor> tensors) {
        if (adapters.stream().anyMatch(adapter -> !adapter.base().digests().isEmpty())) {
            note("which weights it was made for is not said");
        }
        List<OutputTensor> outputs = new ArrayList<>();
        tensors.forEach(tensor -> outputs.add(
                new OutputTensor(tensor.key(), tensor.dtype(), tensor.shape(), tensor.value()::materialize)));
        return new Artifact(
                name,
                WrittenFile.Kind.ADAPTER,
                (folder, options) -> new PytorchWriter(folder.resolve(name), options)
                        .write(outputs)
                        .get(0));
    }

    /** Settings as a JSON file. */
    public Artifact json(String name, Map<String, ?> values) {
        return Artifact.text(
                name, WrittenFile.Kind.ADAPTER, AdapterSettings.of(name, values).json());
    }
}
