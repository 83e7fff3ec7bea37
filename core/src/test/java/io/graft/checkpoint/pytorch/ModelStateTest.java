package io.graft.checkpoint.pytorch;

import static io.graft.checkpoint.pytorch.Pickle.floats;
import static io.graft.checkpoint.pytorch.TorchFiles.fixture;
import static io.graft.checkpoint.pytorch.TorchFiles.open;
import static io.graft.checkpoint.pytorch.TorchFiles.zip;
import static io.graft.checkpoint.pytorch.TorchFiles.zipWithFour;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.Aside;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.Section;
import io.graft.checkpoint.bytes.ByteCursor;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.Pickle.Call;
import io.graft.checkpoint.pytorch.pickle.PickleLimits;
import io.graft.checkpoint.pytorch.pickle.PickleReader;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.state.ModelState;
import io.graft.checkpoint.shards.ShardKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the state dict is in a checkpoint: scenarios A1 to A11 and A19. */
class ModelStateTest {
    private static final String WANTED = "; save a state dict: torch.save(model.state_dict(), path)";

    @TempDir
    Path folder;

    private TorchFiles files;

    @BeforeEach
    void setUp() {
        files = new TorchFiles(folder);
    }

    @Test
    void a1LightningByItsVersion() throws IOException {
        assertEquals("lightning", content(dict("pytorch-lightning_version", "2.6.6")));
        assertEquals("lightning", open(fixture("epd/pretrained.ckpt")).content());
    }

    @Test
    void a2LightningByTwoOfItsParts() throws IOException {
        assertEquals("lightning", content(dict("callbacks", Map.of(), "loops", Map.of())));
        assertEquals(
                "lightning",
                files.open(zipWithFour(dict(
                                "callbacks", Map.of(), "loops", Map.of(), "state_dict", Map.of("a", floats("0", 4)))))
                        .content());
    }

    @Test
    void a2LightningWithoutAStateDictIsAnError() {
        files.assertRefused(
                Reason.UNRECOGNISED,
                "unrecognised checkpoint: no model state among its keys: 'callbacks' (dict), 'loops' (dict)" + WANTED,
                zip(dict("callbacks", Map.of(), "loops", Map.of())));
    }

    @Test
    void a3OnePartIsNotEnoughForLightning() throws IOException {
        assertEquals("pytorch", content(dict("callbacks", Map.of(), "state_dict", Map.of())));
        assertEquals(
                "pytorch",
                files.open(zipWithFour(dict("callbacks", Map.of(), "state_dict", Map.of("a", floats("0", 4)))))
                        .content());
    }

    @Test
    void a5ModelStateDictInAContainer() {
        Checkpoint checkpoint =
                files.open(zipWithFour(dict("model_state_dict", Map.of("a", floats("0", 4)), "epoch", 3L)));
        assertEquals("pytorch", checkpoint.content());
        assertEquals("pytorch", checkpoint.format());
        assertEquals(Map.of("epoch", "3"), checkpoint.metadata());
        assertEquals(List.of(), checkpoint.warnings());
        assertEquals("pytorch", open(fixture("m43/full7-model_state_dict.pth")).content());
    }

    /** Of what an optimizer keeps tensors are counted, lists and dicts deep. */
    @Test
    void whatIsNoModelsIsCounted() {
        Map<String, Object> moments = Map.of("exp_avg", floats("0", 4));
        Checkpoint checkpoint = files.open(zipWithFour(dict(
                "model",
                Map.of("a", floats("0", 4)),
                "optimizer_states",
                List.of(moments, moments),
                "lr_schedulers",
                List.of(Map.of("last_epoch", 3L)),
                "rng_state",
                floats("0", 4))));
        assertEquals(List.of(new Aside("optimizer_states", 2, 32), new Aside("rng_state", 1, 16)), checkpoint.asides());
        assertEquals(List.of("a"), List.copyOf(checkpoint.tensors().keySet()));
        assertEquals(List.of(), checkpoint.others());
    }

    @Test
    void a6PlainStateDict() {
        Checkpoint checkpoint = files.open(zipWithFour(dict("a.weight", floats("0", 4), "a.bias", floats("0", 4))));
        assertEquals("state_dict", checkpoint.content());
        assertEquals(
                List.of("a.weight", "a.bias"), List.copyOf(checkpoint.tensors().keySet()));
    }

    @Test
    void a7NothingThatIsAStateDict() {
        files.assertRefused(
                Reason.UNRECOGNISED,
                "unrecognised checkpoint: no model state among its keys: there are none" + WANTED,
                zip(Map.of()));
        files.assertRefused(
                Reason.UNRECOGNISED,
                "unrecognised checkpoint: no model state among its keys: 'a' (int)" + WANTED,
                zip(Map.of("a", 1L)));
        files.assertRefused(
                Reason.UNRECOGNISED, "unrecognised checkpoint: a list instead of a dict" + WANTED, zip(List.of(1L)));
    }

    @Test
    void whatStandsBesideTensorsAtTheTopIsLeftOut() {
        Checkpoint checkpoint = files.open(
                zipWithFour(dict("a", floats("0", 4), "epoch", 3L, "l._extra_state", Map.of("scale", floats("1", 4)))));
        assertEquals(List.of("a"), List.copyOf(checkpoint.tensors().keySet()));
        assertEquals(
                List.of("not tensors, so left out of the state dict: 'epoch' (int), 'l._extra_state' (dict)"),
                checkpoint.warnings());
    }

    @Test
    void a7ManyKeysAreCounted() {
        Map<String, Object> root = new LinkedHashMap<>();
        for (int i = 0; i < 12; i++) {
            root.put("k" + i, 1.5);
        }
        files.assertRefused(
                Reason.UNRECOGNISED,
                "unrecognised checkpoint: no model state among its keys: 'k0' (float), 'k1' (float), 'k2' (float),"
                        + " 'k3' (float), 'k4' (float), 'k5' (float), 'k6' (float), 'k7' (float), 'k8' (float), 'k9' (float)"
                        + " and 2 more" + WANTED,
                zip(root));
    }

    @Test
    void a9TheOnlyNestedStateDictIsReadAndNamed() {
        Checkpoint checkpoint = open(fixture("torch/nested.pt"));
        assertEquals(List.of("a.weight"), List.copyOf(checkpoint.tensors().keySet()));
        assertEquals("pytorch", checkpoint.content());
        assertEquals(List.of("the state dict was found at 'checkpoint.state_dict'"), checkpoint.warnings());
    }

    @Test
    void a9SeveralNestedStateDictsAreAnErrorThatPointsAtThem() {
        files.assertRefused(
                Reason.UNRECOGNISED,
                "unrecognised checkpoint: no model state among its keys: 'generator' (dict), 'other' (dict), 'epoch' (int);"
                        + " state dicts lie deeper, at 'generator', 'other.state_dict'; name the one that you need as its"
                        + " section: section = 'generator', or --section 'generator'",
                zipWithFour(dict(
                        "generator",
                        Map.of("a", floats("0", 4)),
                        "other",
                        Map.of("state_dict", Map.of("a", floats("0", 4))),
                        "epoch",
                        1L)));
    }

    @Test
    void a9TensorsOfAnOptimizerAreNoStateDict() {
        Checkpoint checkpoint = files.open(zipWithFour(dict(
                "net",
                Map.of("a", floats("0", 4)),
                "optimizer",
                Map.of("state", Map.of(0L, Map.of("exp_avg", floats("1", 4)))))));
        assertEquals(List.of("the state dict was found at 'net'"), checkpoint.warnings());
    }

    @Test
    void a9AStateDictIsFoundHoweverDeep() {
        Object deep = Map.of("a", floats("0", 4));
        for (int level = 0; level < 100; level++) {
            deep = Map.of("n", deep);
        }
        Checkpoint checkpoint = files.open(zipWithFour(deep));
        assertEquals(List.of("a"), List.copyOf(checkpoint.tensors().keySet()));
    }

    @Test
    void a10AModelThatIsAnObject() {
        files.assertRefused(
                Reason.UNRECOGNISED,
                "the model state 'model' is a net.Net instead of a dict" + WANTED,
                zip(Map.of("model", Call.of("net", "Net"))));
        files.assertRefused(
                Reason.UNRECOGNISED,
                "unrecognised checkpoint: a net.Net instead of a dict" + WANTED,
                zip(Call.of("net", "Net")));
    }

    @Test
    void a11AStateDictWithoutTensors() {
        files.assertRefused(
                Reason.UNRECOGNISED,
                "0 tensors in the state dict at 'state_dict'" + WANTED,
                zip(Map.of("state_dict", Map.of())));
    }

    @Test
    void a19APayloadIsRefusedByName() {
        files.assertRefused(
                Reason.REFUSED,
                "'archive/data.pkl', byte 4: the file asks to run builtins.exec; nothing was run;"
                        + " do not use this file unless you know who wrote it",
                zip(Map.of(Call.of("builtins", "exec", "x"), 1L)));
    }

    @Test
    void theFirstContainerCountsAndTheOthersAreSections() {
        Checkpoint checkpoint = files.open(zipWithFour(dict(
                "model", Map.of("c", floats("0", 4)),
                "state_dict", Map.of("a", floats("0", 4)),
                "model_ema", Map.of("b", floats("0", 4)))));
        assertEquals(List.of("a"), List.copyOf(checkpoint.tensors().keySet()));
        assertEquals("state_dict", checkpoint.section().name());
        assertEquals(
                List.of("model", "model_ema"),
                checkpoint.others().stream().map(Section::name).toList());
        assertEquals(
                List.of(
                        "the file also holds `model` (1 tensor, 16 bytes), `model_ema` (1 tensor, 16 bytes, an average by its"
                                + " name), not used here; `section` names one"),
                checkpoint.warnings());
        assertEquals(
                List.of("b"),
                List.copyOf(checkpoint.section("model_ema").stored().keySet()));
        Checkpoint average = checkpoint.using("model_ema");
        assertEquals(List.of("b"), List.copyOf(average.tensors().keySet()));
        assertEquals(
                List.of(
                        "the file also holds `state_dict` (1 tensor, 16 bytes), `model` (1 tensor, 16 bytes), not used here;"
                                + " `section` names one"),
                average.warnings());
        CheckpointException missing = assertThrows(CheckpointException.class, () -> checkpoint.section("modle_ema"));
        assertEquals(
                checkpoint.path() + ": the file has no section `modle_ema`; did you mean `model_ema`?",
                missing.getMessage());
    }

    @Test
    void aSectionThatIsNamedNeedsNoRule() throws IOException {
        Path file = files.write(zipWithFour(
                        dict("params_ema", Map.of("a", floats("0", 4)), "params", Map.of("a", floats("0", 4))))
                .build());
        ClassLoader loader = getClass().getClassLoader();
        assertEquals(
                "params",
                Checkpoint.open(file, loader, Optional.of("params")).section().name());
        CheckpointException refused = assertThrows(CheckpointException.class, () -> Checkpoint.open(file));
        assertEquals(Reason.UNRECOGNISED, refused.reason());
    }

    @Test
    void aContainerCountsOnlyIfTensorsAreInIt() {
        assertEquals(
                "net",
                files.open(zipWithFour(dict("model", "resnet", "net", Map.of("a", floats("0", 4)))))
                        .section()
                        .name());
        assertEquals(
                "model",
                files.open(zipWithFour(dict("state_dict", Map.of(), "model", Map.of("a", floats("0", 4)))))
                        .section()
                        .name());
        assertEquals(
                "net",
                files.open(zipWithFour(dict(
                                "net",
                                Map.of("a", floats("0", 4)),
                                "rng",
                                Map.of("cpu", floats("1", 4)),
                                "optim",
                                Map.of("state", Map.of("w", floats("2", 4))))))
                        .section()
                        .name());
        files.assertRefused(
                Reason.UNRECOGNISED,
                "unrecognised checkpoint: no model state among its keys: 'model' (dict); state dicts lie deeper, at"
                        + " 'model.actor', 'model.critic'; name the one that you need as its section: section ="
                        + " 'model.actor', or --section 'model.actor'",
                zipWithFour(dict(
                        "model", dict("actor", Map.of("a", floats("0", 4)), "critic", Map.of("a", floats("0", 4))))));
    }

    @Test
    void theAverageOfLightningIsSaidToBeOne() {
        assertEquals(
                List.of(
                        "'state_dict' is an average of the weights, as Lightning saves it; those of the last step are at"
                                + " 'current_model_state'",
                        "the file also holds `current_model_state` (1 tensor, 16 bytes), not used here; `section` names one"),
                files.open(zipWithFour(dict(
                                "pytorch-lightning_version",
                                "2.6.0",
                                "state_dict",
                                Map.of("a", floats("0", 4)),
                                "current_model_state",
                                Map.of("a", floats("1", 4)))))
                        .warnings());
    }

    @Test
    void aTensorMayBeCalledLikeAContainer() {
        Checkpoint checkpoint = files.open(zipWithFour(Map.of("model", floats("0", 4))));
        assertEquals("state_dict", checkpoint.content());
    }

    @Test
    void whatIsNoTensorInAContainerIsNamedAndLeftOut() {
        Checkpoint checkpoint = open(fixture("torch/more.pt"));
        assertEquals(
                List.of("not tensors, so left out of the state dict: '_extra_state' (dict)"), checkpoint.warnings());
        assertEquals(Map.of("_extra_state", "dict"), checkpoint.section().objects());
        Map<Object, Object> state = new LinkedHashMap<>();
        state.put("a", floats("0", 4));
        state.put("n\n", 1L);
        state.put(5L, floats("0", 4));
        state.put("module", Call.of("net", "Net", List.of(1L)));
        assertEquals(
                List.of(
                        "not tensors, so left out of the state dict: 'n\\u000a' (int), 5 (torch.Tensor), 'module' (net.Net)"),
                files.open(zipWithFour(Map.of("state_dict", state))).warnings());
    }

    @Test
    void scalarsBesideTheStateDictAreMetadata() {
        assertEquals(
                Map.of("epoch", "7", "lr", "0.001", "best", "true", "tag", "größer"),
                withoutHyperParameters(open(fixture("torch/more.pt")).metadata()));
        Map<String, String> metadata = open(fixture("epd/pretrained.ckpt")).metadata();
        assertEquals("2.6.6", metadata.get("pytorch-lightning_version"));
        assertEquals("1", metadata.get("global_step"));
    }

    @Test
    void scalarsOfOuterDictsAreKeptAndTheNearerCounts() {
        assertEquals(
                Map.of("epoch", "2", "name", "n"),
                files.open(zipWithFour(dict(
                                "epoch",
                                1L,
                                "name",
                                "n",
                                "run",
                                dict("epoch", 2L, "weights", Map.of("a", floats("0", 4))))))
                        .metadata());
    }

    @Test
    void aTensorInsideAnUnknownObjectIsListed() {
        files.assertOnlyListed(
                "is wrapped in a net.Wrapped, which Graft does not read",
                "load it in Python and save it as a plain tensor",
                zipWithFour(Map.of(
                        "state_dict",
                        dict("w", Call.of("net", "Wrapped", List.of(floats("0", 4))), "a", floats("0", 4)))));
    }

    @Test
    void aNameThatIsSetTwiceOrHoldsNulIsRefused() {
        String help = "; do not use this file unless you know who wrote it";
        files.assertRefused(
                Reason.REFUSED,
                "the state dict has 'a' twice" + help,
                zipWithFour(Map.of(
                        "state_dict",
                        Call.of(
                                "collections",
                                "OrderedDict",
                                List.of(List.of("a", floats("0", 4)), List.of("a", floats("0", 4)))))));
        files.assertRefused(
                Reason.REFUSED,
                "the tensor name 'a\\u0000' contains a NUL character" + help,
                zipWithFour(Map.of("a\0", floats("0", 4))));
    }

    private static Map<String, String> withoutHyperParameters(Map<String, String> metadata) {
        Map<String, String> others = new LinkedHashMap<>(metadata);
        others.keySet().removeIf(key -> key.startsWith("hyper_parameters"));
        return others;
    }

    private String content(Map<?, ?> root) throws IOException {
        byte[] pickle = Pickle.of(root);
        return ModelState.content((Mapping) new PickleReader(
                        new ByteCursor(new ByteArrayInputStream(pickle), pickle.length),
                        "the pickle",
                        new Refusals(folder, ShardKind.PYTORCH.advice()),
                        PickleLimits.DEFAULT)
                .read());
    }

    private static Map<String, Object> dict(Object... keysAndValues) {
        Map<String, Object> dict = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            dict.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return dict;
    }
}
