import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneRules;

/**
 * java.time on a plan of the comparison: floorMod on UTC, the rules' offset and a floor elsewhere,
 * truncatedTo(DAYS) for days. Protocol: bench/rust/src/case.rs.
 */
public final class Floor {
  /** Passes before the timed ones, for the compiler of the virtual machine. */
  private static final int WARM_UP = 5;

  public static void main(String[] arguments) throws IOException {
    var lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      run(line.split("\t", -1));
    }
  }

  private static void run(String[] plan) throws IOException {
    long step = Long.parseLong(plan[4]);
    int repeats = Integer.parseInt(plan[7]);
    var bytes = ByteBuffer.wrap(Files.readAllBytes(Path.of(plan[5])));
    var column = bytes.order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
    long[] times = new long[column.remaining()];
    column.get(times);
    long[] out = new long[times.length];
    boolean day = step == 86_400_000L;
    String variant = plan[2].isEmpty() ? "floorMod" : day ? "truncatedTo" : "offset + floor";

    var thread = ManagementFactory.getThreadMXBean();
    var passes = new StringBuilder();
    for (int pass = -(repeats == 0 ? 1 : WARM_UP); pass < repeats; pass++) {
      long start = thread.getCurrentThreadCpuTime();
      if (plan[2].isEmpty()) {
        utc(times, step, out);
      } else if (day) {
        days(times, ZoneId.of(plan[2]), out);
      } else {
        floor(times, ZoneId.of(plan[2]).getRules(), step, out);
      }
      long spent = thread.getCurrentThreadCpuTime() - start;
      if (pass >= 0) {
        passes.append(pass == 0 ? "" : ",").append(spent);
      }
    }
    System.out.println(
        plan[0] + "\tjava.time, " + variant + "\t" + times.length + "\t" + passes);
    var answer = ByteBuffer.allocate(8 * out.length).order(ByteOrder.LITTLE_ENDIAN);
    answer.asLongBuffer().put(out);
    Files.write(Path.of(plan[6]), answer.array());
  }

  private static void utc(long[] times, long step, long[] out) {
    for (int i = 0; i < times.length; i++) {
      out[i] = times[i] - Math.floorMod(times[i], step);
    }
  }

  private static void floor(long[] times, ZoneRules rules, long step, long[] out) {
    for (int i = 0; i < times.length; i++) {
      long offset = rules.getOffset(Instant.ofEpochMilli(times[i])).getTotalSeconds() * 1000L;
      out[i] = times[i] - Math.floorMod(times[i] + offset, step);
    }
  }

  private static void days(long[] times, ZoneId zone, long[] out) {
    for (int i = 0; i < times.length; i++) {
      var local = Instant.ofEpochMilli(times[i]).atZone(zone);
      out[i] = local.truncatedTo(ChronoUnit.DAYS).toInstant().toEpochMilli();
    }
  }
}
