package io.graft.modifiers.lora;

import io.graft.problem.ProblemCode;
import java.util.List;

/** Holds what an adapter's configuration names against the tensors that it has. */
final class DeclaredNames {
    private final AdapterConfig config;
    private final Findings findings;

    DeclaredNames(AdapterConfig config, Findings findings) {
        this.config = config;
        this.findings = findings;
    }

    void check(AdapterTensors adapter) {
        List<String> adapted = adapter.updates().stream().map(LowRank::module).toList();
        config.targets().ifPresent(targets -> {
            List<String> outside =
                    adapted.stream().filter(module -> !targets.contain(module)).toList();
            if (!outside.isEmpty()) {
                findings.error(
                        ProblemCode.UNEXPECTED_TENSOR,
                        "the adapter has factors for " + Names.some(outside)
                                + ", which its `target_modules` do not name",
                        "the two files may be of different adapters");
            }
            report(targets.key(), targets.unmatched(adapted), "a module that the adapter has factors for");
        });
        report(
                config.saved().key(),
                config.saved().unmatched(adapter.whole().keySet()),
                "a module that the adapter has tensors of");
        reportPatterns(config.rankPattern(), adapted);
        reportPatterns(config.alphaPattern(), adapted);
    }

    private void reportPatterns(NamePatterns patterns, List<String> adapted) {
        List<String> unmatched = patterns.entries().stream()
                .map(NamePatterns.Entry::pattern)
                .filter(pattern -> adapted.stream().noneMatch(pattern::matches))
                .map(ModulePattern::text)
                .toList();
        report(patterns.key(), unmatched, "a module that the adapter has factors for");
    }

    private void report(String key, List<String> unmatched, String what) {
        unmatched.forEach(
                name -> findings.withoutEffect("the adapter's `" + key + "` has `" + name + "`, which is not " + what));
    }
}
