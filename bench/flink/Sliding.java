import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.api.java.tuple.Tuple4;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * Flink's sliding windows on a case of the comparison; bench/flink/run.sh builds and starts it.
 *
 * <p>The arguments and the lines that come back are those of bench/engine_peers.py. One task, heap
 * state, object reuse; CPU time is of the whole process, with its compiler and collector. A
 * pipeline without windows runs first: it warms up, and its time is said as `empty`.
 */
public final class Sliding {
  /** Columns of the case, mapped; the local cluster runs in this process. */
  private static LongBuffer times;
  private static LongBuffer keys;
  private static LongBuffer values;
  /** What the windows emitted. */
  private static long rows;
  private static long count;
  private static long sum;

  private Sliding() {}

  /** Counts the rows of a window and sums their values. */
  private static final class Total
      implements AggregateFunction<
          Tuple3<Long, Long, Long>, Tuple2<Long, Long>, Tuple2<Long, Long>> {
    @Override
    public Tuple2<Long, Long> createAccumulator() {
      return Tuple2.of(0L, 0L);
    }

    @Override
    public Tuple2<Long, Long> add(Tuple3<Long, Long, Long> row, Tuple2<Long, Long> total) {
      total.f0 += 1;
      total.f1 += row.f2;
      return total;
    }

    @Override
    public Tuple2<Long, Long> getResult(Tuple2<Long, Long> total) {
      return total;
    }

    @Override
    public Tuple2<Long, Long> merge(Tuple2<Long, Long> one, Tuple2<Long, Long> other) {
      return Tuple2.of(one.f0 + other.f0, one.f1 + other.f1);
    }
  }

  /** Adds key and start to a total. */
  private static final class Named
      extends ProcessWindowFunction<
          Tuple2<Long, Long>, Tuple4<Long, Long, Long, Long>, Long, TimeWindow> {
    @Override
    public void process(
        Long key,
        Context context,
        Iterable<Tuple2<Long, Long>> totals,
        Collector<Tuple4<Long, Long, Long, Long>> out) {
      Tuple2<Long, Long> total = totals.iterator().next();
      out.collect(Tuple4.of(key, context.window().getStart(), total.f0, total.f1));
    }
  }

  private static LongBuffer column(String path) throws IOException {
    try (FileChannel file = FileChannel.open(Path.of(path))) {
      return file.map(FileChannel.MapMode.READ_ONLY, 0, file.size())
          .order(ByteOrder.LITTLE_ENDIAN)
          .asLongBuffer();
    }
  }

  private static StreamExecutionEnvironment environment() {
    StreamExecutionEnvironment made = StreamExecutionEnvironment.createLocalEnvironment(1);
    made.getConfig().enableObjectReuse();
    return made;
  }

  private static KeyedStream<Tuple3<Long, Long, Long>, Long> events(
      StreamExecutionEnvironment environment, long boundMs) {
    TypeInformation<Tuple3<Long, Long, Long>> type =
        Types.TUPLE(Types.LONG, Types.LONG, Types.LONG);
    GeneratorFunction<Long, Tuple3<Long, Long, Long>> row =
        index -> {
          int at = index.intValue();
          return Tuple3.of(times.get(at), keys.get(at), values.get(at));
        };
    WatermarkStrategy<Tuple3<Long, Long, Long>> bounded =
        WatermarkStrategy.<Tuple3<Long, Long, Long>>forBoundedOutOfOrderness(
                Duration.ofMillis(boundMs))
            .withTimestampAssigner((event, ignored) -> event.f0);
    DataGeneratorSource<Tuple3<Long, Long, Long>> source =
        new DataGeneratorSource<>(row, times.capacity(), type);
    return environment.fromSource(source, bounded, "events").keyBy(event -> event.f1, Types.LONG);
  }

  private static long timed(StreamExecutionEnvironment environment) throws Exception {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long start = system.getProcessCpuTime();
    environment.execute();
    return system.getProcessCpuTime() - start;
  }

  /** Runs the case of the arguments. */
  public static void main(String[] arguments) throws Exception {
    Map<String, String> words = new HashMap<>();
    for (String argument : arguments) {
      int at = argument.indexOf('=');
      words.put(argument.substring(0, at), argument.substring(at + 1));
    }
    times = column(words.get("times"));
    keys = column(words.get("keys"));
    values = column(words.get("values"));
    long boundMs = Long.parseLong(words.get("bound_ms"));

    StreamExecutionEnvironment empty = environment();
    events(empty, boundMs).sinkTo(new DiscardingSink<>());
    long emptyNs = timed(empty);

    StreamExecutionEnvironment windows = environment();
    events(windows, boundMs)
        .window(
            SlidingEventTimeWindows.of(
                Duration.ofMillis(Long.parseLong(words.get("duration_ms"))),
                Duration.ofMillis(Long.parseLong(words.get("step_ms")))))
        .aggregate(
            new Total(),
            new Named(),
            Types.TUPLE(Types.LONG, Types.LONG),
            Types.TUPLE(Types.LONG, Types.LONG),
            Types.TUPLE(Types.LONG, Types.LONG, Types.LONG, Types.LONG))
        .map(
            result -> {
              rows += 1;
              count += result.f2;
              sum += result.f3;
              return result;
            })
        .returns(Types.TUPLE(Types.LONG, Types.LONG, Types.LONG, Types.LONG))
        .sinkTo(new DiscardingSink<>());
    long windowsNs = timed(windows);

    System.out.println("rows\t" + rows);
    System.out.println("count\t" + count);
    System.out.println("sums\t" + sum);
    System.out.println("events\t" + times.capacity());
    System.out.println("empty\t" + emptyNs);
    System.out.println("passes\t" + windowsNs);
  }
}
