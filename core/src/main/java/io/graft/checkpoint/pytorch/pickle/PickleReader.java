package io.graft.checkpoint.pytorch.pickle;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.bytes.ByteCursor;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Binary;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Flag;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.None;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Numeric;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Sequence;
import io.graft.checkpoint.pytorch.pickle.PickleValue.StorageRef;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads a pickle of protocol 2 to 5 as plain values. Nothing is executed, looked up or instantiated: a name in the pickle stays a
 * name. Memory and time are linear in the pickle and bounded by {@link PickleLimits}; there is no recursion.
 *
 * <p>The opcodes are those that Python's pickler writes in these protocols; the rest, buffers outside the pickle included, is
 * refused. See Python's {@code pickletools} for what each does.
 */
public final class PickleReader {
    private static final int LONGEST_NAME = 512;
    // Modules may hold dashes (generated packages do); a dot in a name takes an attribute, as of a nested class.
    private static final Pattern MODULE = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_-]*(\\.[\\p{L}\\p{N}_-]+)*");
    private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]*(\\.[\\p{L}_][\\p{L}\\p{N}_]*)*");
    private static final Sequence EMPTY_TUPLE = Sequence.tuple(List.of());

    private final ByteCursor in;
    private final String where;
    private final Refusals refusals;
    private final PickleStack stack;
    private final PickleCalls calls;
    private final Set<Global> harmless = new HashSet<>();

    /** @param where what the pickle is, for messages: the name of its member */
    public PickleReader(ByteCursor in, String where, Refusals refusals, PickleLimits limits) {
        this.in = in;
        this.where = where;
        this.refusals = refusals;
        this.stack = new PickleStack(limits);
        this.calls = new PickleCalls(stack);
    }

    /**
     * Reads one pickle, up to its end mark.
     *
     * @throws CheckpointException if it is damaged, names something that runs code, or exceeds a bound
     */
    public PickleValue read() throws IOException {
        long offset = in.position();
        try {
            readProtocol();
            while (true) {
                offset = in.position();
                int opcode = in.u8();
                if (opcode == '.') {
                    return result();
                }
                step(opcode);
            }
        } catch (IllegalPickle illegal) {
            String detail = where + ", byte " + offset + ": " + illegal.getMessage();
            throw illegal.isHostile() ? refusals.refused(detail) : refusals.malformed(detail);
        } catch (EOFException ended) {
            throw refusals.malformed(where + " ends inside the pickle, after " + in.position() + " bytes");
        }
    }

    /** The storages that the pickle named, by key. */
    public Map<String, StorageRef> storages() {
        return calls.storages();
    }

    private void readProtocol() throws IOException {
        if (in.u8() != 0x80) {
            throw new IllegalPickle("not a pickle of protocol 2 to 5");
        }
        int protocol = in.u8();
        if (protocol < 2 || protocol > 5) {
            throw refusals.unsupported(
                    where + " is a pickle of protocol " + protocol,
                    "save it again with torch.save's default protocol, 2");
        }
    }

    private PickleValue result() {
        PickleValue result = stack.pop();
        if (stack.size() > 0) {
            throw new IllegalPickle("the pickle ends with " + stack.size() + " values too many");
        }
        return result;
    }

    private void step(int opcode) throws IOException {
        switch (opcode) {
            case 'N' -> stack.push(None.INSTANCE);
            case 0x88 -> stack.push(Flag.TRUE);
            case 0x89 -> stack.push(Flag.FALSE);
            case 'K' -> stack.push(Numeric.of(in.u8()));
            case 'M' -> stack.push(Numeric.of(in.u16()));
            case 'J' -> stack.push(Numeric.of(in.i32()));
            case 0x8a -> stack.push(longNumber(in.u8()));
            case 0x8b -> stack.push(longNumber(in.u32()));
            case 'G' -> stack.push(new Numeric(Double.longBitsToDouble(Long.reverseBytes(in.i64()))));
            case 0x8c -> stack.push(text(in.u8()));
            case 'X' -> stack.push(text(in.u32()));
            case 0x8d -> stack.push(text(in.i64()));
            case 'U' -> stack.push(new Text(latin1(in.u8())));
            case 'T' -> stack.push(new Text(latin1(in.u32())));
            case 'C' -> stack.push(new Binary(latin1(in.u8())));
            case 'B' -> stack.push(new Binary(latin1(in.u32())));
            case 0x8e, 0x96 -> stack.push(new Binary(latin1(in.i64())));
            case ')' -> stack.push(EMPTY_TUPLE);
            case ']' -> stack.push(Sequence.empty("list"));
            case '}' -> stack.push(new Mapping("dict"));
            case 0x8f -> stack.push(Sequence.empty("set"));
            case '(' -> stack.mark();
            case 't' -> stack.push(Sequence.tuple(stack.popToMark()));
            case 0x85 -> stack.push(Sequence.tuple(List.of(stack.pop())));
            case 0x86 -> pushPair();
            case 0x87 -> pushTriple();
            case 'a' -> append(List.of(stack.pop()));
            case 'e' -> append(stack.popToMark());
            case 's' -> setOne();
            case 'u' -> setItems(stack.popToMark());
            case 0x90 -> addAll(stack.popToMark());
            case 0x91 -> stack.push(Sequence.tuple(stack.popToMark()).as("set"));
            case 'c' -> {
                stack.countText(2L * LONGEST_NAME);
                stack.push(global(nameLine(), nameLine()));
            }
            case 0x93 -> namedByTexts();
            case 'R', 0x81 -> call();
            case 0x92 -> callWithKeywords();
            case 'b' -> build();
            case 'Q' -> stack.push(calls.storage(stack.pop()));
            case 0x94 -> stack.rememberNext();
            case 'q' -> stack.remember(in.u8());
            case 'r' -> stack.remember(in.u32());
            case 'h' -> stack.push(stack.recall(in.u8()));
            case 'j' -> stack.push(stack.recall(in.u32()));
            case '0' -> stack.pop();
            case '1' -> stack.popToMark();
            case '2' -> stack.push(stack.top());
            // A frame only tells how many bytes may be read at once.
            case 0x95 -> in.i64();
            default ->
                throw new IllegalPickle("opcode 0x" + Integer.toHexString(opcode) + " is none that torch.save writes");
        }
    }

    private Numeric longNumber(long length) throws IOException {
        stack.countText(length);
        byte[] bytes = in.bytes(length);
        for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
            byte low = bytes[i];
            bytes[i] = bytes[j];
            bytes[j] = low;
        }
        BigInteger number = length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
        return number.bitLength() < Long.SIZE ? Numeric.of(number.longValue()) : new Numeric(number);
    }

    private Text text(long length) throws IOException {
        stack.countText(length);
        try {
            return new Text(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(in.bytes(length)))
                    .toString());
        } catch (CharacterCodingException notText) {
            throw new IllegalPickle("a text that is not UTF-8");
        }
    }

    /** Bytes, or a string of Python 2, which may be bytes; Latin-1 keeps each of them. */
    private String latin1(long length) throws IOException {
        stack.countText(length);
        return new String(in.bytes(length), StandardCharsets.ISO_8859_1);
    }

    private Global global(String module, String name) {
        Global global = new Global(module, name);
        if (harmless.contains(global)) {
            return global;
        }
        if (!MODULE.matcher(module).matches() || !NAME.matcher(name).matches()) {
            throw IllegalPickle.hostile(
                    Refusals.quote(global.qualifiedName()) + " is not a name of one module and one thing in it");
        }
        if (RunningNames.contain(module, List.of(name.split("\\.")))) {
            throw IllegalPickle.hostile("the file asks to run " + global.qualifiedName() + "; nothing was run");
        }
        harmless.add(global);
        return global;
    }

    private void namedByTexts() {
        PickleValue name = stack.pop();
        PickleValue module = stack.pop();
        if (!(module instanceof Text in) || !(name instanceof Text of)) {
            throw IllegalPickle.hostile("a name is given as a " + module.typeName() + " and a " + name.typeName());
        }
        stack.push(global(in.value(), of.value()));
    }

    private String nameLine() throws IOException {
        return in.line(LONGEST_NAME)
                .orElseThrow(() -> IllegalPickle.hostile("a name of more than " + LONGEST_NAME + " bytes"));
    }

    private void pushPair() {
        PickleValue second = stack.pop();
        stack.push(Sequence.tuple(List.of(stack.pop(), second)));
    }

    private void pushTriple() {
        PickleValue third = stack.pop();
        PickleValue second = stack.pop();
        stack.push(Sequence.tuple(List.of(stack.pop(), second, third)));
    }

    private void append(List<PickleValue> items) {
        PickleValue target = stack.top();
        if (target instanceof Sequence list && list.typeName().equals("list")) {
            items.forEach(list::add);
        } else if (target instanceof Opaque object) {
            items.forEach(object::add);
        } else {
            throw new IllegalPickle("an item is added to a " + target.typeName());
        }
        stack.checkDepth(target);
    }

    private void addAll(List<PickleValue> items) {
        PickleValue target = stack.top();
        if (target instanceof Sequence set && set.typeName().equals("set")) {
            items.forEach(set::add);
        } else if (target instanceof Opaque object) {
            items.forEach(object::add);
        } else {
            throw new IllegalPickle("an item is added to a " + target.typeName());
        }
        stack.checkDepth(target);
    }

    private void setOne() {
        PickleValue value = stack.pop();
        setItems(List.of(stack.pop(), value));
    }

    private void setItems(List<PickleValue> keysAndValues) {
        if (keysAndValues.size() % 2 != 0) {
            throw new IllegalPickle("a key without its value");
        }
        PickleValue target = stack.top();
        if (target instanceof Mapping dict) {
            for (int i = 0; i < keysAndValues.size(); i += 2) {
                dict.put(keysAndValues.get(i), keysAndValues.get(i + 1));
            }
        } else if (target instanceof Opaque object) {
            keysAndValues.forEach(object::add);
        } else {
            throw new IllegalPickle("a key is set on a " + target.typeName());
        }
        stack.checkDepth(target);
    }

    private void call() {
        PickleValue arguments = stack.pop();
        stack.push(calls.call(stack.pop(), arguments));
    }

    /** Keywords stand behind the arguments, as one more. */
    private void callWithKeywords() {
        PickleValue keywords = stack.pop();
        if (stack.pop() instanceof Sequence arguments && arguments.typeName().equals("tuple")) {
            List<PickleValue> all = new ArrayList<>(arguments.items());
            all.add(keywords);
            stack.push(calls.call(stack.pop(), Sequence.tuple(all)));
        } else {
            throw new IllegalPickle("the arguments of a call are no tuple");
        }
    }

    /** Sets the fields of an object. Fields that somebody hung on a plain container are not needed. */
    private void build() {
        PickleValue state = stack.pop();
        PickleValue target = stack.top();
        Attributes.checkState(target, state);
        if (target instanceof Opaque object) {
            object.setState(state);
            stack.checkDepth(object);
        } else if (!(target instanceof Mapping || target instanceof Sequence)) {
            throw new IllegalPickle("fields are set on a " + target.typeName());
        }
    }
}
