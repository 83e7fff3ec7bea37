package io.graft.registry;

import io.graft.extension.FoundService;
import io.graft.extension.ServiceFailure;
import io.graft.extension.SlowCode;
import io.graft.problem.ProblemCode;
import java.util.ArrayList;
import java.util.List;

/** Copies out of providers what is to be known of their modifiers, and sorts out those that cannot be used. */
final class ProviderReader {
    private static final String REBUILD = "rebuild the jar with graft-processor";

    private final List<RegisteredModifier> usable = new ArrayList<>();
    private final List<BrokenProvider> broken = new ArrayList<>();

    List<RegisteredModifier> usable() {
        return usable;
    }

    List<BrokenProvider> broken() {
        return broken;
    }

    void read(FoundService<ModifierProvider> found) {
        ModifierProvider provider = found.service();
        String modifier = ProviderName.modifier(provider.getClass().getName());
        try {
            int level = SlowCode.watch(provider.getClass(), provider::apiLevel);
            if (ApiLevel.supports(level)) {
                add(found, SlowCode.watch(provider.getClass(), provider::descriptor), level, modifier);
            } else {
                broken.add(unsupported(
                        modifier,
                        DeclaredId.of(modifier, provider.getClass().getClassLoader())
                                .orElse(""),
                        found.origin(),
                        level));
            }
        } catch (Throwable failure) {
            ServiceFailure reason = ServiceFailure.of(
                    failure, ModifierProvider.class, provider.getClass().getClassLoader());
            broken.add(BrokenProvider.of(reason, modifier, "", found.origin()));
        }
    }

    private void add(FoundService<ModifierProvider> found, PlugDescriptor descriptor, int level, String modifier) {
        ModifierProvider provider = found.service();
        if (descriptor == null) {
            broken.add(mismatch(modifier, "", found.origin(), "gives no descriptor"));
        } else if (!holds(provider, descriptor.className())) {
            broken.add(mismatch(
                    modifier,
                    descriptor.id(),
                    found.origin(),
                    descriptor.className().equals(modifier)
                            ? "is missing: only its provider is there"
                            : "describes " + descriptor.className() + ", which is not in it"));
        } else {
            usable.add(new RegisteredModifier(descriptor, found.origin(), found.version(), level, provider));
        }
    }

    /** Whether a class is there, without loading it. */
    private static boolean holds(ModifierProvider provider, String className) {
        String file = "/" + className.replace('.', '/') + ".class";
        return provider.getClass().getResource(file) != null;
    }

    private static BrokenProvider mismatch(String modifier, String id, String origin, String reason) {
        return new BrokenProvider(ProblemCode.DESCRIPTOR_MISMATCH, modifier, id, origin, reason, REBUILD);
    }

    private static BrokenProvider unsupported(String modifier, String id, String origin, int level) {
        return new BrokenProvider(
                ProblemCode.API_LEVEL_UNSUPPORTED,
                modifier,
                id,
                origin,
                "needs API level " + level + ", this runtime supports " + ApiLevel.range(),
                level > ApiLevel.NEWEST ? "update Graft" : "take a newer version of the jar");
    }
}
