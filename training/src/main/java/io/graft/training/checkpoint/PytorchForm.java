package io.graft.training.checkpoint;

import io.graft.checkpoint.pytorch.PytorchWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.training.optimizer.NamedGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One file of {@code torch.save}, with the state dicts of the model and of the optimizer, whose parameters have numbers and names.
 *
 * @param layout the keys of the file, beside those of {@link TrainingState}
 * @param prefix that the names of tensors and parameters have in the file
 */
record PytorchForm(Layout layout, String prefix) implements SavedForm {
    private static final String FILE = "training.ckpt";

    /** What stands where. */
    @FunctionalInterface
    interface Layout {
        /**
         * @param model the state dict
         * @param optimizer as {@code optimizer.state_dict()} gives it
         */
        Map<String, Object> of(Map<String, Object> model, Map<String, Object> optimizer, TrainingState state);
    }

    /** As programs of PyTorch commonly save it. */
    static Map<String, Object> plain(Map<String, Object> model, Map<String, Object> optimizer, TrainingState state) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("model_state_dict", model);
        file.put("optimizer_state_dict", optimizer);
        file.put("epoch", state.moment().epochs());
        file.put("global_step", state.moment().steps());
        return file;
    }

    static Path file(Path folder) {
        return folder.resolve(FILE);
    }

    @Override
    public void write(Path folder, Snapshot snapshot, WriteOptions writing) throws IOException {
        Map<String, Object> model = new LinkedHashMap<>();
        snapshot.model().forEach(tensor -> model.put(prefix + tensor.name(), tensor));
        Map<String, Object> file = layout.of(model, optimizer(snapshot), snapshot.state());
        file.putAll(snapshot.state().texts());
        new PytorchWriter(file(folder), writing).write(file);
    }

    private Map<String, Object> optimizer(Snapshot snapshot) {
        OptimizerCopy optimizer = snapshot.optimizer();
        double factor = snapshot.state().rateFactor();
        Map<Long, Object> states = new LinkedHashMap<>();
        List<Object> groups = new ArrayList<>();
        long number = 0;
        for (NamedGroup group : optimizer.groups()) {
            List<Long> numbers = new ArrayList<>();
            for (String name : group.names()) {
                OptimizerCopy.State state = optimizer.states().get(name);
                if (state != null && !state.arrays().isEmpty()) {
                    states.put(number, state(name, state, optimizer));
                }
                numbers.add(number++);
            }
            Map<String, Object> settings = new LinkedHashMap<>();
            settings.put("params", numbers);
            settings.put(
                    "param_names",
                    group.names().stream().map(name -> prefix + name).toList());
            settings.putAll(optimizer.rule().settings(group.learningRate() * factor, group.weightDecay()));
            settings.put("initial_lr", group.learningRate());
            groups.add(settings);
        }
        Map<String, Object> dict = new LinkedHashMap<>();
        dict.put("state", states);
        dict.put("param_groups", groups);
        return dict;
    }

    private static Map<String, Object> state(String name, OptimizerCopy.State state, OptimizerCopy optimizer) {
        Map<String, Object> dict = new LinkedHashMap<>();
        if (optimizer.rule().countsSteps()) {
            // PyTorch counts them in a float.
            dict.put(
                    SafetensorsForm.STEP,
                    TensorCopies.ofFloat(SafetensorsForm.name(SafetensorsForm.STEP, name), (float) state.steps()));
        }
        for (Map.Entry<String, OutputTensor> array : state.arrays().entrySet()) {
            dict.put(array.getKey(), array.getValue());
        }
        return dict;
    }
}
