package io.graft.registry;

import io.graft.extension.FoundService;
import io.graft.extension.ServiceFailure;
import io.graft.extension.SlowCode;
import io.graft.problem.ProblemCode;
import java.util.ArrayList;
import java.util.List;

/** Copies out of providers what is to be known of their plugs, and sorts out those that cannot be used. */
final class ProviderReader<T> {
    private static final String REBUILD = "rebuild the jar with graft-processor";

    private final List<RegisteredPlug<T>> usable = new ArrayList<>();
    private final List<BrokenProvider> broken = new ArrayList<>();
    private final PlugKind<T> kind;

    ProviderReader(PlugKind<T> kind) {
        this.kind = kind;
    }

    List<RegisteredPlug<T>> usable() {
        return usable;
    }

    List<BrokenProvider> broken() {
        return broken;
    }

    void read(FoundService<? extends PlugProvider<T>> found) {
        PlugProvider<T> provider = found.service();
        String plug = ProviderName.plug(provider.getClass().getName());
        try {
            int level = SlowCode.watch(provider.getClass(), provider::apiLevel);
            if (ApiLevel.supports(level)) {
                add(found, SlowCode.watch(provider.getClass(), provider::descriptor), level, plug);
            } else {
                broken.add(unsupported(
                        plug,
                        DeclaredId.of(kind, plug, provider.getClass().getClassLoader())
                                .orElse(""),
                        found.origin(),
                        level));
            }
        } catch (Throwable failure) {
            ServiceFailure reason = ServiceFailure.of(
                    failure, kind.service(), provider.getClass().getClassLoader());
            broken.add(BrokenProvider.of(kind, reason, plug, "", found.origin()));
        }
    }

    private void add(FoundService<? extends PlugProvider<T>> found, PlugDescriptor descriptor, int level, String plug) {
        PlugProvider<T> provider = found.service();
        if (descriptor == null) {
            broken.add(mismatch(plug, "", found.origin(), "gives no descriptor"));
        } else if (!holds(provider, descriptor.className())) {
            broken.add(mismatch(
                    plug,
                    descriptor.id(),
                    found.origin(),
                    descriptor.className().equals(plug)
                            ? "is missing: only its provider is there"
                            : "describes " + descriptor.className() + ", which is not in it"));
        } else {
            usable.add(new RegisteredPlug<>(kind, descriptor, found.origin(), found.version(), level, provider));
        }
    }

    /** Whether a class is there, without loading it. */
    private static boolean holds(PlugProvider<?> provider, String className) {
        String file = "/" + className.replace('.', '/') + ".class";
        return provider.getClass().getResource(file) != null;
    }

    private BrokenProvider mismatch(String plug, String id, String origin, String reason) {
        return new BrokenProvider(kind, ProblemCode.DESCRIPTOR_MISMATCH, plug, id, origin, reason, REBUILD);
    }

    private BrokenProvider unsupported(String plug, String id, String origin, int level) {
        return new BrokenProvider(
                kind,
                ProblemCode.API_LEVEL_UNSUPPORTED,
                plug,
                id,
                origin,
                "needs API level " + level + ", this runtime supports " + ApiLevel.range(),
                level > ApiLevel.NEWEST ? "update Graft" : "take a newer version of the jar");
    }
}
