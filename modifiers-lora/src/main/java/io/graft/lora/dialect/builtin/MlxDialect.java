package io.graft.lora.dialect.builtin;

import com.google.auto.service.AutoService;
import io.graft.Artifact;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.lora.dialect.Adapter;
import io.graft.lora.dialect.AdapterDialect;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.lora.dialect.AdapterSource;
import io.graft.lora.dialect.AdapterTarget;
import io.graft.lora.dialect.AdapterTarget.Can;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.lora.dialect.AdapterUpdate;
import io.graft.model.rules.Moves;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What mlx-lm writes: {@code adapters.safetensors} with keys {@code <module>.lora_a}, {@code [in, rank]}, and {@code <module>.lora_b},
 * {@code [rank, out]}, PEFT's transposed; a magnitude of DoRA is {@code <module>.m}. {@code adapter_config.json} has one rank, one
 * dropout and the scale itself for all.
 */
@AutoService(AdapterDialect.class)
public final class MlxDialect implements AdapterDialect {
    private static final String FILE = "adapters.safetensors";
    private static final String PARAMETERS = "lora_parameters";
    private static final Pattern KEY = Pattern.compile("(.+)\\.(lora_a|lora_b|m)");
    private static final Pattern IN_LAYER = Pattern.compile("[^0-9]*?\\.\\d+\\.(.+)");
    private static final Set<String> EMBEDDINGS =
            Set.of("embed_tokens", "wte", "wpe", "tok_embeddings", "word_embeddings", "embed_in", "embeddings");
    private static final Set<String> KNOWN = Set.of("rank", "scale", "dropout", "keys", "alpha");

    /** As {@link java.util.ServiceLoader} makes it. */
    public MlxDialect() {}

    @Override
    public String id() {
        return "mlx";
    }

    @Override
    public List<String> filesIn(Collection<String> names) {
        return names.contains(FILE) ? List.of(FILE) : List.of();
    }

    @Override
    public boolean recognises(AdapterSource source) {
        return source.tensors().keySet().stream().anyMatch(key -> key.endsWith(".lora_a") || key.endsWith(".lora_b"));
    }

    @Override
    public List<Adapter> read(AdapterSource source) {
        AdapterSettings config = source.beside(PeftDialect.CONFIG)
                .orElseThrow(() -> source.refusal(
                        Reason.NOT_FOUND,
                        "has no " + PeftDialect.CONFIG + " beside it, which tells the scale",
                        "name the folder that mlx_lm.lora wrote"));
        AdapterSettings parameters = parameters(config);
        List<AdapterTensor> tensors = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (String key : source.tensors().keySet()) {
            Matcher matcher = KEY.matcher(key);
            if (!matcher.matches() || source.tensors().get(key).shape().rank() > 2) {
                unknown.add(key);
                continue;
            }
            String module = matcher.group(1);
            boolean isEmbedding = EMBEDDINGS.contains(module.substring(module.lastIndexOf('.') + 1));
            AdapterTensor tensor = source.tensor(key, module, slot(matcher.group(2), isEmbedding));
            tensors.add(tensor.shape().rank() == 2 ? tensor.with(Moves.transpose(tensor.value())) : tensor);
        }
        if (!unknown.isEmpty()) {
            source.error(
                    ProblemCode.UNEXPECTED_TENSOR,
                    unknown.size() + (unknown.size() == 1 ? " tensor is" : " tensors are")
                            + " of no update of a linear layer or an embedding: " + FirstFew.names(unknown),
                    "merge it with `mlx_lm.fuse`, which knows updates of experts and layers that were trained whole");
        }
        List<AdapterUpdate> updates = new Adapter(tensors, parameters).updates(source::error);
        return List.of(adapter(updates, parameters, config, source));
    }

    private static String slot(String end, boolean isEmbedding) {
        return switch (end) {
            case "lora_a" -> isEmbedding ? AdapterTensor.EMBEDDING_A : AdapterTensor.A;
            case "lora_b" -> isEmbedding ? AdapterTensor.EMBEDDING_B : AdapterTensor.B;
            default -> AdapterTensor.MAGNITUDE;
        };
    }

    private static AdapterSettings parameters(AdapterSettings config) {
        String type = config.text("fine_tune_type").orElse("lora");
        if (!type.equals("lora") && !type.equals("dora")) {
            throw config.wrong("fine_tune_type", "lora or dora");
        }
        if (!(config.get(PARAMETERS) instanceof Map<?, ?> map)) {
            throw config.wrong(PARAMETERS, "an object with `rank` and `scale`");
        }
        Map<String, Object> values = new LinkedHashMap<>();
        map.forEach((key, value) -> values.put((String) key, value));
        AdapterSettings parameters = AdapterSettings.of(config.location(), values);
        List<String> unknown = values.keySet().stream()
                .filter(key -> !KNOWN.contains(key) && parameters.isOn(key))
                .toList();
        if (!unknown.isEmpty()) {
            throw config.refusal(
                    Reason.UNSUPPORTED,
                    "has keys in `" + PARAMETERS + "` that may change what the adapter means: "
                            + FirstFew.names(unknown),
                    "merge it with `mlx_lm.fuse`");
        }
        if (parameters.isOn("alpha") && parameters.number("alpha") != parameters.positive("rank")) {
            throw config.refusal(
                    Reason.UNSUPPORTED,
                    "has `alpha` beside `scale`: mlx-lm before 0.19 multiplied the scale by alpha / rank, and later ones"
                            + " ignore it",
                    "take `alpha` out, and multiply `scale` by alpha / rank if an old mlx-lm trained it");
        }
        return parameters;
    }

    private static Adapter adapter(
            List<AdapterUpdate> updates, AdapterSettings parameters, AdapterSettings config, AdapterSource source) {
        double scale = parameters.number("scale");
        long rank = parameters.positive("rank");
        Map<String, Double> alphas = new LinkedHashMap<>();
        for (AdapterUpdate update : updates) {
            if (update.rank() != rank) {
                source.error(
                        ProblemCode.SHAPE_MISMATCH,
                        "`" + update.path() + "` has the rank " + update.rank()
                                + " by its factors, [in, rank] and [rank,"
                                + " out], and another one by the configuration, " + rank,
                        "the two files may be of different adapters, or the factors lie as those of PEFT");
            }
            if (update.isEmbedding() && update.magnitude().isPresent()) {
                source.error(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "`" + update.path()
                                + "` is an embedding with a magnitude for each row, where others have one for"
                                + " each column",
                        "merge it with `mlx_lm.fuse`");
            }
            alphas.put(update.path(), scale * update.rank());
        }
        Map<String, Object> more = new LinkedHashMap<>();
        if (updates.stream().anyMatch(update -> update.magnitude().isPresent())) {
            more.put("use_dora", true);
        }
        if (parameters.isOn("dropout")) {
            more.put("lora_dropout", parameters.number("dropout"));
        }
        config.text("model").ifPresent(model -> more.put("base_model_name_or_path", model));
        return Adapter.of("", source.location(), updates, alphas, more);
    }

    @Override
    public List<Artifact> write(List<Adapter> adapters, AdapterTarget target) {
        return target.only(adapters).map(adapter -> write(adapter, target)).orElse(List.of());
    }

    private static List<Artifact> write(Adapter adapter, AdapterTarget target) {
        List<AdapterUpdate> updates = target.updates(adapter, Can.DORA, Can.EMBEDDING);
        SettingsSaid.BY_MLX.check(adapter, target);
        List<AdapterTensor> tensors = new ArrayList<>();
        Set<String> keys = new TreeSet<>();
        for (AdapterUpdate update : updates) {
            if (update.isEmbedding() && update.magnitude().isPresent()) {
                target.refuse("magnitudes of embeddings (`" + update.module() + "`)");
            }
            Matcher layer = IN_LAYER.matcher(update.module());
            keys.add(layer.matches() ? layer.group(1) : update.module());
            tensors.add(named(update, ".lora_a", update.a(), update.a().shape().rank() == 2));
            tensors.add(named(update, ".lora_b", update.b(), update.b().shape().rank() == 2));
            update.magnitude().ifPresent(magnitude -> tensors.add(named(update, ".m", magnitude, false)));
        }
        long decomposed = updates.stream()
                .filter(update -> update.magnitude().isPresent())
                .count();
        if (decomposed > 0 && decomposed < updates.size()) {
            target.refuse("updates of DoRA and of LoRA in one");
        }
        Map<String, Object> parameters = new LinkedHashMap<>();
        target.same("ranks", updates.stream().map(AdapterUpdate::rank).toList())
                .ifPresent(rank -> parameters.put("rank", rank));
        target.same("scales", updates.stream().map(adapter::scale).toList())
                .ifPresent(scale -> parameters.put("scale", scale));
        AdapterSettings settings = adapter.settings();
        parameters.put("dropout", settings.isOn("lora_dropout") ? settings.number("lora_dropout") : 0.0);
        parameters.put("keys", List.copyOf(keys));
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("fine_tune_type", decomposed > 0 ? "dora" : "lora");
        config.put("num_layers", -1L);
        config.put(PARAMETERS, parameters);
        settings.text("base_model_name_or_path").ifPresent(model -> config.put("model", model));
        return List.of(target.safetensors(FILE, tensors, Map.of()), target.json(PeftDialect.CONFIG, config));
    }

    private static AdapterTensor named(AdapterUpdate update, String end, AdapterTensor tensor, boolean isTransposed) {
        return new AdapterTensor(
                update.module() + end,
                update.module(),
                tensor.slot(),
                isTransposed ? Moves.transpose(tensor.value()) : tensor.value());
    }
}
