package io.graft.modifiers.lora.use;

import io.graft.Artifact;
import io.graft.lora.dialect.AdapterBase;
import io.graft.lora.dialect.AdapterDialect;
import io.graft.lora.dialect.AdapterDialects;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.lora.dialect.AdapterTarget;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Adapter;
import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.Sharing;
import io.graft.modifiers.lora.update.ChannelGroups;
import io.graft.modifiers.lora.update.SavedTensor;
import io.graft.modifiers.lora.update.ShiftedUpdate;
import io.graft.tensor.LazyTensor;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An adapter that stands on a model, as the files of a dialect. */
public final class AdapterFiles {
    private static final String USUAL = "default";

    /** Whether what all weights share is in the file: it may be drawn again. */
    private static final String PROJECTION = "save_projection";

    private AdapterFiles() {}

    /**
     * Files for a run, in PEFT's form: their names are told now, and what they hold when they are written, so that edits of later
     * modifiers count. Those of an adapter of another name than PEFT's usual one lie in a folder of its name.
     */
    public static List<Artifact> of(ModelDraft model, String adapter) {
        AdapterDialect peft =
                AdapterDialects.discover(AdapterFiles.class.getClassLoader()).named("peft");
        List<Artifact> planned = of(find(model, adapter).orElseThrow(), peft, AdapterBase.UNKNOWN);
        String folder = adapter.equals(USUAL) ? "" : adapter + "/";
        Edited edited = new Edited(model, adapter, peft);
        return planned.stream()
                .map(file -> new Artifact(
                        folder + file.name(),
                        file.kind(),
                        (into, options) -> edited.now(file).write(into.resolve(folder), options)))
                .toList();
    }

    /** The files as they are when the first of them is written, after all edits. */
    private static final class Edited {
        private final ModelDraft model;
        private final String adapter;
        private final AdapterDialect dialect;
        private List<Artifact> files = List.of();

        Edited(ModelDraft model, String adapter, AdapterDialect dialect) {
            this.model = model;
            this.adapter = adapter;
            this.dialect = dialect;
        }

        synchronized Artifact now(Artifact planned) throws IOException {
            Optional<Adapter> found = find(model, adapter);
            if (files.isEmpty() && found.isPresent()) {
                files = of(found.get(), dialect);
            }
            return files.stream()
                    .filter(file -> file.name().equals(planned.name()))
                    .findFirst()
                    .orElse(planned);
        }
    }

    private static Optional<Adapter> find(ModelDraft model, String name) {
        return model.adapters().stream()
                .filter(adapter -> adapter.name().equals(name))
                .findFirst();
    }

    /**
     * The files, which tell of the weights that the adapter stands on as they are now.
     *
     * @throws IllegalArgumentException if the adapter is none of this family, or if the dialect cannot say it; the message is one line
     * @throws IOException if the weights cannot be read
     */
    public static List<Artifact> of(Adapter adapter, AdapterDialect dialect) throws IOException {
        return of(adapter, dialect, AdapterBase.of(bases(adapter)));
    }

    private static List<Artifact> of(Adapter adapter, AdapterDialect dialect, AdapterBase base) {
        AdapterTarget target = new AdapterTarget(Optional.empty(), Optional.empty());
        List<Artifact> files =
                AdapterDialects.write(dialect, List.of(neutral(adapter).on(base)), target);
        if (!target.refusals().isEmpty()) {
            throw new IllegalArgumentException("the adapter `" + adapter.name() + "` holds what `" + dialect.id()
                    + "` cannot say: " + String.join("; ", target.refusals()));
        }
        return files;
    }

    /** What the updates change a part of: no biases, which go with their weights, and nothing that the adapter has whole. */
    private static Map<String, LazyTensor> bases(Adapter adapter) {
        Map<String, LazyTensor> bases = new LinkedHashMap<>();
        adapter.byTensor().forEach((name, applied) -> {
            LazyTensor base = adapter.bases().get(name);
            Parametrization update = applied.parametrization();
            if (base != null && base.shape().rank() > 1 && !update.id().equals(SavedTensor.ID)) {
                OfAdapter.path(update).ifPresent(path -> bases.put(path, base));
            }
        });
        return bases;
    }

    private static io.graft.lora.dialect.Adapter neutral(Adapter adapter) {
        Map<String, AdapterTensor> tensors = new LinkedHashMap<>();
        Optional<AdapterSettings> settings = Optional.empty();
        for (Applied applied : adapter.byTensor().values()) {
            Parametrization update = applied.parametrization();
            String path = OfAdapter.path(update)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "the adapter `" + adapter.name() + "` has a `" + update.id() + "`, which is not of LoRA"));
            if (settings.isEmpty()) {
                settings = Optional.of(OfAdapter.settings(update, "the adapter `" + adapter.name() + "`"));
            }
            Map<String, Sharing> sharing = sharing(update);
            saved(applied).forEach((slot, value) -> {
                boolean isOfAll = sharing.get(slot) == Sharing.ADAPTER;
                String module = isOfAll ? "" : path;
                // One that several tensors share is one of the file.
                tensors.putIfAbsent(module + " " + slot, new AdapterTensor(slot + " of " + path, module, slot, value));
            });
        }
        if (settings.filter(said -> Boolean.FALSE.equals(said.get(PROJECTION))).isPresent()) {
            tensors.values().removeIf(tensor -> tensor.module().isEmpty());
        }
        return new io.graft.lora.dialect.Adapter(
                List.copyOf(tensors.values()),
                settings.orElseThrow(() ->
                        new IllegalArgumentException("the adapter `" + adapter.name() + "` stands on no tensor")));
    }

    private static Map<String, Sharing> sharing(Parametrization update) {
        Map<String, Sharing> sharing = new HashMap<>();
        update.owned().forEach(owned -> sharing.put(owned.slot(), owned.sharing()));
        return sharing;
    }

    /** What the files hold of an update, by slot, in the order in which it owns it. */
    private static Map<String, LazyTensor> saved(Applied applied) {
        Map<String, LazyTensor> now = new LinkedHashMap<>();
        for (OwnedTensor owned : applied.parametrization().owned()) {
            now.put(owned.slot(), applied.owned().get(owned.slot()).value());
        }
        Map<String, LazyTensor> plain = ShiftedUpdate.plain(now);
        LazyTensor a = plain.get("lora_A");
        LazyTensor b = plain.get("lora_B");
        if (a != null && b != null && ChannelGroups.of(a.shape(), b.shape()) > 1) {
            plain.put("lora_A", ChannelGroups.spread(a, ChannelGroups.of(a.shape(), b.shape())));
        }
        return plain;
    }
}
