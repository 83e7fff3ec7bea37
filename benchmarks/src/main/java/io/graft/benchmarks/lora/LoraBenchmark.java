package io.graft.benchmarks.lora;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
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
import io.graft.djl.ModifiedModel;
import io.graft.djl.StartedEngine;
import io.graft.models.Bert;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * LoRA of rank 8 on query and value of BERT: what a training step, a forward and a change of adapters take, beside the same without an
 * adapter and beside PyTorch and PEFT. All train with Adam as each has it. What takes turns does so in one process, but for Python's.
 *
 * <p>Memory that is freed is kept, unless {@code io.graft.mallopt} is {@code none}, which is what DJL has without Graft.
 *
 * <p>Arguments: {@code step PYTHON [RUNS [LAYERS]]}, {@code traced PROGRAM [RUNS [POSITIONS]]} with a program of {@code src/main/python/lora.py
 * trace}, or {@code inference [RUNS]}. Python has as many threads as {@code ai.djl.pytorch.num_threads} gives the engine, or two.
 */
public final class LoraBenchmark {
    private static final String LORA = "type = lora, rank = 8, alpha = 8, target-modules = [query, value], ";
    /** So few words that the table of them counts for nothing. */
    private static final int WORDS = 64;

    private final List<Model> models = new ArrayList<>();
    private final int runs;

    private LoraBenchmark(int runs) {
        this.runs = runs;
    }

    /** Runs one of the benchmarks. */
    public static void main(String[] args) throws Exception {
        if (args.length < 1) {
            System.err.println(
                    "usage: LoraBenchmark step PYTHON [RUNS [LAYERS]] | traced PROGRAM [RUNS [POSITIONS]] | inference [RUNS]");
            return;
        }
        System.out.println(StartedEngine.keepFreedMemory()
                .map(why -> "freed memory is as the C library has it: " + why)
                .orElse("freed memory is kept"));
        boolean isInference = args[0].equals("inference");
        int place = isInference ? 1 : 2;
        LoraBenchmark benchmark = new LoraBenchmark(args.length > place ? Integer.parseInt(args[place]) : 9);
        try {
            if (isInference) {
                benchmark.inference();
            } else if (args[0].equals("step")) {
                benchmark.step(args[1], args.length > 3 ? Integer.parseInt(args[3]) : 12);
            } else {
                benchmark.traced(Path.of(args[1]), args.length > 3 ? Integer.parseInt(args[3]) : 32);
            }
        } finally {
            benchmark.models.forEach(Model::close);
        }
    }

    /** Layers 768 wide, batch 4 x 128. */
    private void step(String python, int layers) throws IOException {
        Shape shape = new Shape(4, 128);
        Turns turns = new Turns();
        addStep(turns, "all parameters, by DJL", encoder(layers, 768, shape), shape);
        Model adapted = encoder(layers, 768, shape);
        tell("trained with the adapter", adapt(adapted, "default"));
        addStep(turns, "the adapter", adapted, shape);
        String threads = System.getProperty("ai.djl.pytorch.num_threads", "2");
        try (PythonProcess torch = new PythonProcess(python, "lora.py", "train", threads, layers);
                PythonProcess peft = new PythonProcess(python, "lora.py", "train", threads, layers)) {
            turns.addTold("all parameters, by PyTorch", () -> torch.run("full"));
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
        turns.add(what, () -> step(trainer, scope -> new NDList(words(scope, shape))));
    }

    private static void step(Trainer trainer, Function<NDManager, NDList> inputs) {
        try (NDManager scope = trainer.getManager().newSubManager()) {
            NDList batch = inputs.apply(scope);
            try (GradientCollector collector = trainer.newGradientCollector()) {
                collector.backward(trainer.forward(batch).get(0).square().mean());
            }
            trainer.step();
        }
    }

    private static NDArray words(NDManager scope, Shape shape) {
        return scope.randomInteger(0, WORDS, shape, DataType.INT64);
    }

    /** A program, MiniLM's for one, batch 4 x 32, or of other positions. */
    private void traced(Path program, int positions) throws Exception {
        System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
        Turns turns = new Turns();
        Model whole = open(program);
        System.out.println("all: " + whole.getBlock().getParameters().size() + " tensors");
        addProgram(turns, "all tensors", whole, positions);
        Model adapted = open(program);
        ModifiedModel modified = ModelModifierApplier.create()
                .model(adapted, program)
                .configuration(ConfigFactory.parseString("graft.modifiers = [{ " + LORA + "}]"))
                .run();
        tell("trained with the adapter", modified);
        addProgram(turns, "the adapter", adapted, positions);
        // The engine makes its code anew in the second and third call.
        turns.take(4, runs);
    }

    private Model open(Path program) throws Exception {
        Model model = Model.newInstance("net", "PyTorch");
        models.add(model);
        model.load(program.getParent(), program.getFileName().toString(), Map.of("trainParam", "true"));
        return model;
    }

    private static void addProgram(Turns turns, String what, Model model, int positions) {
        Trainer trainer = trainer(model);
        turns.add(
                what,
                () -> step(trainer, scope -> {
                    NDArray words = words(scope, new Shape(4, positions));
                    return new NDList(words, words.onesLike(), words.zerosLike());
                }));
    }

    /** Six layers, 384 wide, as MiniLM has them, batch 4 x 32. */
    private void inference() throws IOException {
        Shape shape = new Shape(4, 32);
        Model model = encoder(6, 384, shape);
        Block base = model.getBlock();
        adapt(model, "one");
        ModifiedModel modified = adapt(model, "two");
        modified.activate(Map.of("one", 1.0));
        Block folded = modified.folded();
        try (NDManager scope = model.getNDManager().newSubManager()) {
            NDArray input = words(scope, shape);
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

    private Model encoder(int layers, int width, Shape shape) {
        Model model = Model.newInstance("encoder", "PyTorch");
        models.add(model);
        Map<String, Object> arguments = Map.of(
                "vocab-size",
                WORDS,
                "hidden-size",
                width,
                "num-hidden-layers",
                layers,
                "num-attention-heads",
                12,
                "intermediate-size",
                4 * width,
                "hidden-act",
                "relu",
                "hidden-dropout-prob",
                0,
                "attention-probs-dropout-prob",
                0,
                "add-pooling-layer",
                false);
        Block block = new Bert().newBlock(model, Path.of(""), arguments);
        block.initialize(model.getNDManager(), DataType.FLOAT32, shape);
        model.setBlock(block);
        return model;
    }

    private static ModifiedModel adapt(Model model, String adapter) {
        return ModelModifierApplier.create()
                .model(model)
                .configuration(ConfigFactory.parseString(
                        "graft.modifiers = [{ " + LORA + "init = random, adapter = " + adapter + " }]"))
                .run();
    }

    private static Trainer trainer(Model model) {
        return model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())
                .optDevices(new Device[] {Device.cpu()})
                .optOptimizer(Optimizer.adam().build()));
    }
}
