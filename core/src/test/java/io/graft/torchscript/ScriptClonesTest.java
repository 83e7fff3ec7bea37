package io.graft.torchscript;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.pytorch.ArchiveEdit;
import io.graft.checkpoint.pytorch.TorchScriptWriter;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.torchscript.code.ClassEdit.Kind;
import io.graft.torchscript.code.CodeRefusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptClonesTest {
    @TempDir
    Path folder;

    private static ScriptClones clones(ScriptArchive archive, String child) {
        Opaque object = (Opaque) ((Mapping) archive.root().state()).get(child).orElseThrow();
        ObjectChange change = new ObjectChange();
        change.add("extra", Kind.PARAMETER, OwnedFields.Placing.NOWHERE.weight("", 1));
        IdentityHashMap<Opaque, ObjectChange> changes = new IdentityHashMap<>();
        changes.put(object, change);
        return new ScriptClones(archive, changes);
    }

    @Test
    void anObjectThatKeepsItsStateItselfIsRefused() throws IOException {
        ScriptClones clones = clones(Archives.open("torchscript/models/keeping"), "kept");
        CodeRefusal refused = assertThrows(CodeRefusal.class, clones::make);
        assertEquals("`State` keeps its state in a way of its own", refused.getMessage());
    }

    @Test
    void codeThatNamesAnEditedClassIsRefused() throws IOException {
        String fixture = "torchscript/models/hooked";
        Map<String, byte[]> members = Archives.members(Archives.path(fixture));
        String file = members.keySet().stream()
                .filter(name -> name.startsWith("code/__torch__/torch/nn/modules/linear/___torch_mangle_")
                        && name.indexOf('/', 50) < 0)
                .findFirst()
                .orElseThrow();
        String unhooked = new String(members.get(file), UTF_8)
                .replace("__forward_hooks__ = [\"double\", ]", "__forward_hooks__ = []");
        Path copy = folder.resolve("named.pt");
        new TorchScriptWriter(Checkpoint.open(Archives.path(fixture)), copy)
                .write(List.of(), new ArchiveEdit(Map.of(file, unhooked.getBytes(UTF_8)), Map.of(), Set.of()));
        ScriptClones clones = clones(ScriptArchive.read(Checkpoint.open(copy)), "fc");
        CodeRefusal refused = assertThrows(CodeRefusal.class, clones::make);
        String type =
                file.substring("code/".length(), file.length() - ".py".length()).replace('/', '.') + ".Linear";
        assertEquals("a method of `Hooked` names `" + type + "`", refused.getMessage());
    }
}
