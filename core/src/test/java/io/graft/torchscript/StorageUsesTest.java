package io.graft.torchscript;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StorageUsesTest {
    @Test
    void aTensorWhoseStorageIsHeldAsWellIsNotAlone() throws IOException {
        ScriptArchive archive = Archives.open("m43/scripted");
        Opaque root = archive.root();
        TensorValue tensor = archive.find(
                        archive.draft().tensors().iterator().next().name())
                .orElseThrow()
                .value();
        assertTrue(archive.storages().isAlone(tensor));
        ((Mapping) root.state()).put(new Text("raw"), tensor.storage());
        StorageUses uses = StorageUses.of(root);
        assertFalse(uses.isAlone(tensor));
        assertEquals(Set.of(tensor), uses.sameAs(tensor));
    }
}
