package io.graft.benchmarks.lora;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import com.typesafe.config.ConfigFactory;
import io.graft.apply.ModelModifierApplier;
import io.graft.benchmarks.measuring.PythonProcess;
import io.graft.benchmarks.measuring.Turns;
import io.graft.djl.BlockTarget;
import io.graft.djl.ModifiedModel;
import io.graft.model.DraftTensor;
import io.graft.model.tree.DottedPath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * LoRA of rank 8 on query and value: what a training step, a forward and a change of adapters take, beside the same without an adapter and
 * beside PEFT. What takes turns does so in one process, but for Python's.
 *
 * <p>Arguments: {@code step PYTHON [RUNS [LAYERS]]}, {@code traced PROGRAM [RUNS]} with a program of {@code src/main/python/lora.py trace}, or {@code
 * inference [RUNS]}. Python has as many threads as {@code ai.djl.pytorch.num_threads} gives the engine, or two.
 */
public final class LoraBenchmark {
    private static final String LORA = "type = lora, rank = 8, alpha = 8, ";

    private final List<Model> models = new ArrayList<>();
    private final int runs;

    private LoraBenchmark(int runs) {
        this.runs = runs;
    }

    /** Runs one of the benchmarks. */
    public static void main(String[] args) throws Exception {
        boolean isInference = args[0].equals("inference");
        int place = isInference ? 1 : 2;
        LoraBenchmark benchmark = new LoraBenchmark(args.length > place ? Integer.parseInt(args[place]) : 9);
        try {
            if (isInference) {
                benchmark.inference();
            } else if (args[0].equals("step")) {
                benchmark.step(args[1], args.length > 3 ? Integer.parseInt(args[3]) : 12);
            } else {
                benchmark.traced(Path.of(args[1]));
            }
        } finally {
            benchmark.models.forEach(Model::close);
        }
    }

    /** Layers 768 wide, batch 4 x 128. */
    private void step(String python, int layers) throws IOException {
        Shape shape = new Shape(4, 128, 768);
        Turns turns = new Turns();
        Model whole = encoder(layers, shape);
        addStep(turns, "all parameters, by DJL", whole, shape);
        Model adapted = encoder(layers, shape);
        ModifiedModel modified = adapt(adapted, "default");
        tell("trained with the adapter", modified);
        addStep(turns, "the adapter", adapted, shape);
        String threads = System.getProperty("ai.djl.pytorch.num_threads", "2");
        try (PythonProcess peft = new PythonProcess(python, "lora.py", "train", threads, layers)) {
            turns.addTold("the adapter, by PEFT", () -> peft.run("peft"));
            turns.take(1, runs);
        }
    }

    private static void tell(String what, ModifiedModel modified) {
        long trained = modified.parameters().values().stream()
                .filter(parameter -> parameter.requiresGradient())
                .mapToLong(parameter -> parameter.getArray().size())
                .sum();
        System.out.println(
                what + ": " + trained + " numbers, whose gradients and two moments take " + trained * 12 + " bytes");
    }

    private static void addStep(Turns turns, String what, Model model, Shape shape) {
        Trainer trainer = trainer(model);
        trainer.initialize(shape);
        turns.add(what, () -> {
            try (NDManager scope = trainer.getManager().newSubManager()) {
                NDList inputs = new NDList(scope.randomNormal(shape));
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    collector.backward(trainer.forward(inputs).get(0).square().mean());
                }
                trainer.step();
            }
        });
    }

    /** A program of MiniLM's shape, batch 4 x 32. */
    private void traced(Path program) throws Exception {
        System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
        Turns turns = new Turns();
        Model whole = open(program);
        System.out.println("all: " + whole.getBlock().getParameters().size() + " tensors");
        addProgram(turns, "all tensors", whole);
        Model adapted = open(program);
        ModifiedModel modified = ModelModifierApplier.create()
                .model(adapted, program)
                .configuration(ConfigFactory.parseString(
                        "graft.modifiers = [{ " + LORA + "target-modules = [query, value] }]"))
                .run();
        tell("trained with the adapter", modified);
        addProgram(turns, "the adapter", adapted);
        turns.take(1, runs);
    }

    private Model open(Path program) throws Exception {
        Model model = Model.newInstance("net", "PyTorch");
        models.add(model);
        model.load(program.getParent(), program.getFileName().toString(), Map.of("trainParam", "true"));
        return model;
    }

    private static void addProgram(Turns turns, String what, Model model) {
        Trainer trainer = trainer(model);
        turns.add(what, () -> {
            try (NDManager scope = trainer.getManager().newSubManager()) {
                NDArray ids = scope.arange(0, 128, 1, DataType.INT64).mul(231).reshape(4, 32);
                NDList inputs = new NDList(ids, ids.onesLike(), ids.zerosLike());
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    collector.backward(trainer.forward(inputs).get(0).square().mean());
                }
                trainer.step();
            }
        });
    }

    /** Six layers, 384 wide, as MiniLM has them, batch 4 x 32. */
    private void inference() throws IOException {
        Shape shape = new Shape(4, 32, 384);
        Model model = encoder(6, shape);
        Block base = model.getBlock();
        adapt(model, "one");
        ModifiedModel modified = adapt(model, "two");
        modified.activate(Map.of("one", 1.0));
        Block folded = modified.folded();
        try (NDManager scope = model.getNDManager().newSubManager()) {
            NDArray input = scope.randomNormal(shape);
            forward(modified.block(), input);
            System.out.println(modified.cachedBytes() + " bytes are kept of adapted weights");
            Turns forwards = new Turns();
            forwards.add("4 forwards of the base", () -> forward(base, input, 4));
            forwards.add("4 with the adapter", () -> forward(modified.block(), input, 4));
            forwards.add("4 of the folded model", () -> forward(folded, input, 4));
            forwards.take(3, runs);
            Turns switches = new Turns();
            switches.add("a forward", () -> forward(modified.block(), input));
            String[] next = {"two", "one"};
            switches.add("the other adapter, and a forward", () -> {
                modified.activate(Map.of(next[0], 1.0));
                next[0] = next[0].equals("one") ? "two" : "one";
                forward(modified.block(), input);
            });
            switches.take(5, runs);
        }
    }

    private static void forward(Block block, NDArray input, int times) {
        for (int i = 0; i < times; i++) {
            forward(block, input);
        }
    }

    private static void forward(Block block, NDArray input) {
        try (NDManager scope = input.getManager().newSubManager()) {
            NDArray own = input.duplicate();
            own.attach(scope);
            block.forward(new ParameterStore(scope, false), new NDList(own), false)
                    .get(0)
                    .toFloatArray();
        }
    }

    private Model encoder(int layers, Shape shape) {
        long width = shape.get(2);
        Model model = Model.newInstance("encoder", "PyTorch");
        models.add(model);
        SequentialBlock block = new SequentialBlock();
        for (int i = 0; i < layers; i++) {
            block.add(new TransformerEncoderBlock((int) width, 12, 4 * (int) width, 0, Activation::relu));
        }
        block.initialize(model.getNDManager(), DataType.FLOAT32, shape);
        model.setBlock(block);
        return model;
    }

    /** In each layer of DJL the square weights are those of key, query, value and result. */
    private static ModifiedModel adapt(Model model, String adapter) {
        List<String> square = BlockTarget.of(model).draft().tensors().stream()
                .filter(tensor -> tensor.owner().isEmpty()
                        && tensor.shape().rank() == 2
                        && tensor.shape().dimension(0) == tensor.shape().dimension(1))
                .map(DraftTensor::name)
                .map(DottedPath::parent)
                .toList();
        List<String> targets = new ArrayList<>();
        for (int i = 0; i < square.size(); i += 4) {
            targets.addAll(square.subList(i + 1, i + 3));
        }
        return ModelModifierApplier.create()
                .model(model)
                .configuration(ConfigFactory.parseString("graft.modifiers = [{ " + LORA + "init = random, adapter = "
                        + adapter + ", target-modules = [\""
                        + targets.stream().collect(Collectors.joining("\", \"")) + "\"] }]"))
                .run();
    }

    private static Trainer trainer(Model model) {
        return model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())
                .optDevices(new Device[] {Device.cpu()})
                .optOptimizer(Optimizer.adam().build()));
    }
}
