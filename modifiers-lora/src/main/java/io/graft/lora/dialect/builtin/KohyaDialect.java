package io.graft.lora.dialect.builtin;

import com.google.auto.service.AutoService;
import io.graft.Artifact;
import io.graft.lora.dialect.Adapter;
import io.graft.lora.dialect.AdapterDialect;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.lora.dialect.AdapterSource;
import io.graft.lora.dialect.AdapterTarget;
import io.graft.lora.dialect.AdapterTarget.Can;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.lora.dialect.AdapterUpdate;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What kohya's sd-scripts write: one file with keys {@code lora_unet_<module>.lora_down.weight}, {@code .lora_up.weight} and {@code
 * .alpha}, a number; the scale is alpha / rank, and 1 where there is no alpha. In a module's path underscores stand for dots, so that
 * it is found by the names of the model, or by what Graft noted in the file when it wrote it.
 */
@AutoService(AdapterDialect.class)
public final class KohyaDialect implements AdapterDialect {
    private static final Pattern KEY =
            Pattern.compile("(lora_([a-z]+\\d*)_.+?)\\.(lora_down\\.weight|lora_up\\.weight|alpha)");
    private static final Pattern TEXT_ENCODER = Pattern.compile("te(\\d?)");
    private static final String NAMES = "graft_modules";
    private static final String FILE = "adapter.safetensors";

    /** As {@link java.util.ServiceLoader} makes it. */
    public KohyaDialect() {}

    @Override
    public String id() {
        return "kohya";
    }

    @Override
    public boolean recognises(AdapterSource source) {
        return source.tensors().keySet().stream()
                .anyMatch(key -> KEY.matcher(key).matches() && !key.endsWith("alpha"));
    }

    @Override
    public List<Adapter> read(AdapterSource source) {
        Map<String, Map<String, String>> modules = new LinkedHashMap<>();
        List<String> unknown = new ArrayList<>();
        for (String key : source.tensors().keySet()) {
            Matcher matcher = KEY.matcher(key);
            if (matcher.matches()) {
                modules.computeIfAbsent(matcher.group(1), first -> new LinkedHashMap<>())
                        .put(matcher.group(3), key);
            } else {
                unknown.add(key);
            }
        }
        if (!unknown.isEmpty()) {
            source.error(
                    ProblemCode.UNEXPECTED_TENSOR,
                    unknown.size() + (unknown.size() == 1 ? " tensor has a key" : " tensors have keys")
                            + " of no plain update of kohya's scripts: " + FirstFew.names(unknown),
                    "LoHa, LoKr, LoCon's middle factors, DoRA scales and whole differences are not read; merge them with"
                            + " what trained them");
        }
        Map<String, List<String>> bySection = new LinkedHashMap<>();
        FlatNames names = FlatNames.of(source, NAMES);
        modules.keySet()
                .forEach(module -> bySection
                        .computeIfAbsent(
                                names.noted(prefix(module)).orElseGet(() -> section(module)),
                                first -> new ArrayList<>())
                        .add(module));
        List<Adapter> adapters = new ArrayList<>();
        bySection.forEach((section, own) -> adapters.add(adapter(section, own, modules, names, source)));
        return adapters;
    }

    private static Adapter adapter(
            String section,
            List<String> own,
            Map<String, Map<String, String>> modules,
            FlatNames names,
            AdapterSource source) {
        List<AdapterUpdate> updates = new ArrayList<>();
        Map<String, Double> alphas = new LinkedHashMap<>();
        List<String> alone = new ArrayList<>();
        boolean isFlat = false;
        boolean isWanted = source.section().map(section::equals).orElse(true);
        for (String flat : own) {
            Map<String, String> keys = modules.get(flat);
            Optional<String> dotted = isWanted ? names.dotted(flat, withoutPrefix(flat)) : Optional.empty();
            isFlat |= dotted.isEmpty();
            String module = dotted.orElseGet(() -> withoutPrefix(flat));
            String down = keys.get("lora_down.weight");
            String up = keys.get("lora_up.weight");
            if (down == null || up == null) {
                alone.add(flat);
                continue;
            }
            AdapterUpdate update = AdapterUpdate.of(
                    source.tensor(down, module, AdapterTensor.A), source.tensor(up, module, AdapterTensor.B));
            updates.add(update);
            alphas.put(
                    module,
                    keys.containsKey("alpha") ? Numbers.one(keys.get("alpha"), source) : (double) update.rank());
        }
        names.report(section);
        if (!alone.isEmpty()) {
            source.error(
                    ProblemCode.MISSING_TENSOR,
                    "a pair of factors is needed, and one is missing of " + FirstFew.names(alone),
                    "take the file from its source again");
        }
        Adapter adapter = Adapter.of(section, source.location(), updates, alphas, Map.of());
        return isFlat ? adapter.flat() : adapter;
    }

    /** The model of a pipeline as diffusers names it. */
    private static String section(String flat) {
        String word = flat.split("_", 3)[1];
        Matcher textEncoder = TEXT_ENCODER.matcher(word);
        if (!textEncoder.matches()) {
            return word;
        }
        String number = textEncoder.group(1);
        return number.isEmpty() || number.equals("1") ? "text_encoder" : "text_encoder_" + number;
    }

    private static String withoutPrefix(String flat) {
        return flat.split("_", 3)[2];
    }

    private static String prefix(String flat) {
        return flat.substring(0, flat.length() - withoutPrefix(flat).length());
    }

    @Override
    public List<Artifact> write(List<Adapter> adapters, AdapterTarget target) {
        List<AdapterTensor> tensors = new ArrayList<>();
        Map<String, Object> names = new TreeMap<>();
        Set<Long> ranks = new LinkedHashSet<>();
        Set<Double> alphas = new LinkedHashSet<>();
        boolean isSecond =
                adapters.stream().anyMatch(adapter -> adapter.section().equals("text_encoder_2"));
        for (Adapter adapter : adapters) {
            List<AdapterUpdate> updates = target.updates(adapter, Can.CONVOLUTION);
            Map<String, Double> numbers = target.alphas(adapter, updates);
            SettingsSaid.BY_KOHYA.check(adapter, target);
            target.section(adapter)
                    .ifPresent(section -> updates.forEach(update -> {
                        String prefix = prefix(section, isSecond);
                        names.put(prefix, section);
                        String flat = prefix + update.module().replace('.', '_');
                        String before = (String) names.put(flat, update.module());
                        if (before != null) {
                            target.refuse("modules whose names are one without dots ("
                                    + Quoting.names(List.of(before, update.module())) + ")");
                        }
                        double alpha = numbers.get(update.path());
                        ranks.add(update.rank());
                        alphas.add(alpha);
                        tensors.add(new AdapterTensor(
                                flat + ".lora_down.weight",
                                flat,
                                AdapterTensor.A,
                                update.a().value()));
                        tensors.add(new AdapterTensor(
                                flat + ".lora_up.weight",
                                flat,
                                AdapterTensor.B,
                                update.b().value()));
                        tensors.add(new AdapterTensor(
                                flat + ".alpha",
                                flat,
                                "alpha",
                                LazyTensors.generate("alpha of an update", DType.F32, Shape.SCALAR, place -> alpha)));
                    }));
        }
        Map<String, String> metadata = new TreeMap<>();
        metadata.put("ss_network_module", "networks.lora");
        metadata.put("ss_network_dim", only(ranks));
        metadata.put("ss_network_alpha", only(alphas));
        metadata.put(NAMES, AdapterSettings.of(FILE, names).json());
        return List.of(target.safetensors(FILE, tensors, metadata));
    }

    /** As kohya's scripts tell ranks that differ. */
    private static String only(Set<?> numbers) {
        return numbers.size() == 1 ? String.valueOf(numbers.iterator().next()) : "Dynamic";
    }

    private static String prefix(String section, boolean isSecond) {
        return switch (section) {
            case "text_encoder" -> isSecond ? "lora_te1_" : "lora_te_";
            case "transformer" -> "lora_unet_";
            default ->
                section.startsWith("text_encoder_")
                        ? "lora_te" + section.substring("text_encoder_".length()) + "_"
                        : "lora_" + section.replaceAll("[^a-z0-9]", "") + "_";
        };
    }
}
