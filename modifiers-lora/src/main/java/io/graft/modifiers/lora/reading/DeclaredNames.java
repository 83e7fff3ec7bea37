package io.graft.modifiers.lora.reading;

import io.graft.layer.ModulePattern;
import io.graft.layer.NamePatterns;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.config.LayerNumbers;
import io.graft.modifiers.lora.config.TargetParameters;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Holds what an adapter's configuration names against the tensors that it has. */
public final class DeclaredNames {
    private static final String WITH_FACTORS = "a module that the adapter has factors for";

    private final AdapterConfig config;
    private final Findings findings;

    public DeclaredNames(AdapterConfig config, Findings findings) {
        this.config = config;
        this.findings = findings;
    }

    public void check(AdapterTensors adapter) {
        List<String> modules =
                adapter.updates().stream().map(LowRank::target).distinct().toList();
        // Those whose parameters are named for themselves are no matter of the other lists.
        List<String> adapted = modules.stream()
                .filter(module -> config.parameters().of(module).isEmpty())
                .toList();
        config.targets().ifPresent(targets -> {
            refuse(adapted, module -> !targets.contain(module), "its `target_modules` do not name");
            config.layers()
                    .ifPresent(layers -> refuse(
                            adapted,
                            module -> targets.contain(module) && !layers.contain(module, targets),
                            "its `" + LayerNumbers.KEY + "` do not name"));
            report(targets.key(), targets.unmatched(adapted), WITH_FACTORS);
        });
        refuse(adapted, config.excluded()::contain, "its `" + config.excluded().key() + "` leave out");
        config.layers()
                .ifPresent(layers -> report(
                        LayerNumbers.KEY,
                        layers.unmatched(adapted).stream().map(String::valueOf).toList(),
                        "a layer that the adapter has factors for"));
        report(TargetParameters.KEY, config.parameters().unmatched(modules), WITH_FACTORS);
        report(
                config.saved().key(),
                config.saved().unmatched(adapter.whole().keySet()).stream()
                        .filter(name -> !config.savedByTask().contains(name))
                        .toList(),
                "a module that the adapter has tensors of");
        reportPatterns(config.rankPattern(), modules);
        reportPatterns(config.alphaPattern(), modules);
    }

    private void refuse(List<String> adapted, Predicate<String> against, String why) {
        List<String> outside = adapted.stream().filter(against).toList();
        if (!outside.isEmpty()) {
            findings.error(
                    ProblemCode.UNEXPECTED_TENSOR,
                    "the adapter has factors for " + FirstFew.names(outside) + ", which " + why,
                    "the two files may be of different adapters");
        }
    }

    private void reportPatterns(NamePatterns<Double> patterns, List<String> modules) {
        List<String> names = modules.stream()
                .flatMap(module -> Stream.concat(Stream.of(module), config.parameters().of(module).stream()))
                .toList();
        List<String> unmatched = patterns.entries().stream()
                .map(NamePatterns.Entry::pattern)
                .filter(pattern -> names.stream().noneMatch(pattern::matches))
                .map(ModulePattern::text)
                .toList();
        report(patterns.key(), unmatched, WITH_FACTORS);
    }

    private void report(String key, List<String> unmatched, String what) {
        unmatched.forEach(
                name -> findings.withoutEffect("the adapter's `" + key + "` has `" + name + "`, which is not " + what));
    }
}
