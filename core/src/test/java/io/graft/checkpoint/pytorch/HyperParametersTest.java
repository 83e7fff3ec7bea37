package io.graft.checkpoint.pytorch;

import static io.graft.checkpoint.pytorch.Pickle.floats;
import static io.graft.checkpoint.pytorch.TorchFiles.fixture;
import static io.graft.checkpoint.pytorch.TorchFiles.open;
import static io.graft.checkpoint.pytorch.TorchFiles.zipWithFour;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.pytorch.Pickle.Raw;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hyper-parameters of Lightning as text. The fixture is made by {@code make_objects.py} beside it. */
class HyperParametersTest {
    @TempDir
    Path folder;

    @Test
    void valuesAreFlattenedAndObjectsNamed() {
        Checkpoint checkpoint = open(fixture("torch/lightning-parameters.ckpt"));
        assertEquals("lightning", checkpoint.content());
        assertEquals("""
                epoch = 3
                global_step = 40
                pytorch-lightning_version = 2.6.0
                hparams_name = kwargs
                hyper_parameters.lr = 0.001
                hyper_parameters.layers = [64, 32]
                hyper_parameters.name = größer
                hyper_parameters.flag = true
                hyper_parameters.none = None
                hyper_parameters.nested.dropout.rate = 0.5
                hyper_parameters.loss = torch.nn.modules.loss.CrossEntropyLoss
                hyper_parameters.space = argparse.Namespace
                hyper_parameters.space.width = 8
                hyper_parameters.space.act = relu
                hyper_parameters.net = lab.nets.Block
                hyper_parameters.path = pathlib.PurePosixPath(a, b)
                hyper_parameters.dtype = torch.float16
                hyper_parameters.empty = {}
                hyper_parameters.weights = a tensor of shape [2]
                hyper_parameters.3 = number
                datamodule_hyper_parameters.batch_size = 16
                """, text(checkpoint.metadata()));
    }

    @Test
    void theShellsOfOmegaconfAreSeenThrough() {
        String node = "comegaconf.nodes\nAnyNode\n)\u0081}X\4\0\0\0_valK\5sb";
        Raw config =
                new Raw("comegaconf.dictconfig\nDictConfig\n)\u0081}(X\7\0\0\0_parentNX\10\0\0\0_content}X\5\0\0\0width"
                        + node + "sub");
        assertEquals("hyper_parameters.width = 5\n", text(parameters(config).metadata()));
    }

    @Test
    void whatContainsItselfOrIsSharedIsCutWithAWordOnThat() {
        Raw self = new Raw("}q\5(X\1\0\0\0ah\5X\1\0\0\0bh\5X\1\0\0\0cK\1u");
        Checkpoint checkpoint = parameters(self);
        assertEquals(List.of("'hyper_parameters' holds more than the 1000 values shown"), checkpoint.warnings());
        assertEquals(1000, checkpoint.metadata().size());
    }

    @Test
    void textsStayOnOneLineAndAreCut() {
        assertEquals(
                "hyper_parameters.k\\u000a = " + "x".repeat(200) + "...\n",
                text(parameters(Map.of("k\n", "x".repeat(300))).metadata()));
    }

    /** Anemoi's: the names are what {@code history = "migrations.*.name"} reads. */
    @Test
    void migrationsThatOthersRecordAreTold() {
        Map<String, Object> migration = new LinkedHashMap<>();
        migration.put("name", "1750840837_add_versioning");
        migration.put("metadata", Map.of("versions", Map.of("migration", "1.0.0")));
        migration.put("signature", "9f86d081");
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("state_dict", Map.of("a", floats("0", 4)));
        root.put("migrations", List.of(migration, Map.of("name", "1752566787_chunks")));
        assertEquals("""
                migrations.0.name = 1750840837_add_versioning
                migrations.0.metadata.versions.migration = 1.0.0
                migrations.0.signature = 9f86d081
                migrations.1.name = 1752566787_chunks
                """, text(new TorchFiles(folder).open(zipWithFour(root)).metadata()));
    }

    private Checkpoint parameters(Object value) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("state_dict", Map.of("a", floats("0", 4)));
        root.put("hyper_parameters", value);
        return new TorchFiles(folder).open(zipWithFour(root));
    }

    private static String text(Map<String, String> metadata) {
        return metadata.entrySet().stream()
                .map(entry -> entry.getKey() + " = " + entry.getValue() + "\n")
                .collect(Collectors.joining());
    }
}
