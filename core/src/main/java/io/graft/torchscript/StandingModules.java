package io.graft.torchscript;

import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.model.DraftTensor;
import io.graft.model.FrozenModules;
import io.graft.model.tree.DottedPath;
import io.graft.torchscript.code.ClassEdit.NewMethod;
import io.graft.torchscript.code.ClassText;
import io.graft.torchscript.code.MethodText;
import io.graft.torchscript.code.Replacement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The modules of a program that stand still while it is trained, with dropout off and statistics kept: those that are frozen, of whose
 * code asks whether it is training, and that were trained or stood before. What is not frozen any more moves again.
 */
final class StandingModules {
    /** What code asks. */
    static final String FIELD = "training";

    private static final NewMethod ANSWER = new NewMethod("graft_standing", List.of(), List.of("return False"), "bool");

    private final IdentityHashMap<Opaque, String> standing = new IdentityHashMap<>();
    private final List<String> turned = new ArrayList<>();

    private StandingModules() {}

    /**
     * @param before the state dict as it is
     * @param now as it will be
     * @throws IOException if code cannot be read
     */
    static StandingModules of(ScriptArchive archive, Collection<DraftTensor> before, Collection<DraftTensor> now)
            throws IOException {
        StandingModules modules = new StandingModules();
        FrozenModules frozen = new FrozenModules(now);
        FrozenModules were = new FrozenModules(before);
        for (Map.Entry<String, Opaque> module : archive.objects().entrySet()) {
            String path = module.getKey();
            boolean stood = archive.unedited()
                    .filter(plain -> plain.replaces(module.getValue(), FIELD))
                    .isPresent();
            boolean stands = isIn(frozen, path) && (stood || !isIn(were, path)) && asks(archive, module.getValue());
            if (stands) {
                modules.standing.putIfAbsent(module.getValue(), path);
            }
            if (stands != stood) {
                modules.turned.add(path);
            }
        }
        return modules;
    }

    /** What has no parameters is frozen with what it is in. */
    private static boolean isIn(FrozenModules frozen, String path) {
        String around = path;
        while (!frozen.contains(around) && !around.isEmpty()) {
            around = DottedPath.parent(around);
        }
        return frozen.contains(around);
    }

    private static boolean asks(ScriptArchive archive, Opaque module) throws IOException {
        Optional<ClassText> type = archive.find(archive.type(module));
        return type.isPresent()
                && type.get().methods().stream()
                        .map(MethodText::receiver)
                        .distinct()
                        .anyMatch(receiver -> type.get().mentions(receiver + "." + FIELD));
    }

    /** Paths of those that begin to stand, or to move. */
    List<String> turned() {
        return turned;
    }

    boolean isEmpty() {
        return standing.isEmpty();
    }

    Collection<Opaque> objects() {
        return standing.keySet();
    }

    /** Has the modules be told that nobody trains. */
    void putInto(OwnedFields fields) {
        standing.keySet().forEach(module -> {
            ObjectChange change = fields.of(module);
            change.add(ANSWER);
            change.replace(FIELD, Replacement.whole(ANSWER.name()));
        });
    }
}
