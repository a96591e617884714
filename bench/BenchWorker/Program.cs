using System.Globalization;
using BenchTarget;

// What the benchmark takes snapshots of. `heap N` keeps N objects; `allocate N RATE` also allocates RATE MB/s, `work N RATE` about as much and computes as fast as it can; `web` serves HTTP.
// It says "ready ..." when it stands, then answers each line of standard input by one line, and ends with standard input: a benchmark
// that is killed leaves no worker behind.

string? address = null;
switch (args)
{
    case ["heap", var objects]:
        Heap.Fill(long.Parse(objects, CultureInfo.InvariantCulture));
        break;
    case ["allocate", var objects, var megabytesPerSecond]:
        Heap.Fill(long.Parse(objects, CultureInfo.InvariantCulture));
        Allocator.Start(int.Parse(megabytesPerSecond, CultureInfo.InvariantCulture));
        break;
    case ["work", var objects, var megabytesPerSecond]:
        Heap.Fill(long.Parse(objects, CultureInfo.InvariantCulture));
        Allocator.Work(int.Parse(megabytesPerSecond, CultureInfo.InvariantCulture));
        break;
    case ["web"]:
        address = await WebService.StartAsync();
        break;
    default:
        Console.Error.WriteLine("usage: BenchWorker heap OBJECTS | allocate OBJECTS MEGABYTES_PER_SECOND | work OBJECTS MEGABYTES_PER_SECOND | web");
        return 2;
}

Console.WriteLine($"ready {address ?? Heap.ExpectedObjects.ToString(CultureInfo.InvariantCulture)}");
while (Console.ReadLine() is { } line)
{
    Console.WriteLine(Answer(line));
}

return 0;

static string Answer(string line)
{
    switch (line.Split(' '))
    {
        case ["gap-start"]:
            GapMeter.Start();
            return "started";
        case ["gap-reset"]:
            GapMeter.Reset();
            return "reset";
        case ["gap"]:
            return FormattableString.Invariant($"gap {GapMeter.LongestGaps.Max().TotalMilliseconds:F4} {GapMeter.LongestGaps.Min().TotalMilliseconds:F4}");
        case ["gap-stop"]:
            GapMeter.Stop();
            return "stopped";
        case ["fork"]:
            return FormattableString.Invariant($"fork {BareFork.Measure().TotalMilliseconds:F4}");
        case ["collect"]:
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            return "collected";
        case ["young", var times]:
            return FormattableString.Invariant($"young {YoungCollections.MedianMicroseconds(int.Parse(times, CultureInfo.InvariantCulture)):F4}");
        case ["allocated"]:
            return FormattableString.Invariant($"allocated {GC.GetTotalAllocatedBytes()}");
        default:
            return $"unknown command: {line}";
    }
}
