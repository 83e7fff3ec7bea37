package io.graft.tensor.expression.bands;

import io.graft.tensor.DType;
import io.graft.tensor.ElementBlock;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Elements of a program's result, window by window, for any number of threads. */
final class Bands implements TensorData.Computation {
    private final Program program;
    private final DType dtype;

    /** Those that no thread is in the middle of, with the memory that they took. */
    private final Queue<Pass> idle = new ConcurrentLinkedQueue<>();

    /**
     * @param dtype of the elements
     */
    Bands(Program program, DType dtype) {
        this.program = program;
        this.dtype = dtype;
    }

    @Override
    public TensorData.Elements elements(long first, int count, ByteBuffer room) {
        return new Window(pass(), new Range(first, first + count), room);
    }

    /** Computes a range, and lets somebody have the elements. */
    void forEach(Range range, Pass.Visitor visitor) throws IOException {
        Pass pass = pass();
        pass.expect(range, null);
        pass.forEach(range, visitor);
        idle.add(pass);
    }

    private Pass pass() {
        Pass pass = idle.poll();
        return pass == null ? new Pass(program) : pass;
    }

    private final class Window implements TensorData.Elements {
        private final Pass pass;
        private final Range range;
        private long at;
        private Piece piece;
        private long end;

        Window(Pass pass, Range range, ByteBuffer room) {
            this.pass = pass;
            this.range = range;
            this.at = range.first();
            this.end = at;
            pass.expect(range, room);
        }

        @Override
        public void next(ElementBlock block, int count) throws IOException {
            Kind kind = Kind.of(dtype);
            block.start(kind == Kind.LONGS ? dtype : kind.dtype(), count);
            Numbers to = Numbers.in(block, kind);
            for (int done = 0; done < count; ) {
                if (at == end) {
                    piece = done == 0 ? pass.compute(at, at + count, to) : pass.compute(at, range.end());
                    end = pass.last().end();
                }
                int next = (int) Math.min(count - done, end - at);
                if (piece.numbers() != to) {
                    to.copy(done, piece.numbers(), piece.at(at), next);
                }
                done += next;
                at += next;
            }
            if (at == range.end()) {
                idle.add(pass);
            }
        }
    }
}
