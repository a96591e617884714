using System.Runtime.InteropServices;
using Shop;
using Targets;

// A worker with a known heap. Arguments: --nodes N, --leak PER_SECOND, --handle-usr2, --kinds (objects of every kind that a heap may hold),
// --collect (one garbage collection after the other), --frames (a thread in a method of every kind; each is told by one line, see Sight, before "ready").
// Lines on standard input: "leak N", "gc", "gc GENERATION", "figures" (of its collector), "exit"; each is answered by one line.
// It says "ready PID FRAMEWORK" when its heap stands and its signals are handled. The end of standard input does not end it.

const PosixSignal SigUsr2 = (PosixSignal)12;

// Tests listen to it as soon as it is ready, and its own start must be over by then: a runtime that is asked for its counters while its thread
// pool is initialised can stand still for ever (https://github.com/dotnet/runtime/issues/105682).
ThreadPool.UnsafeQueueUserWorkItem(static _ => { }, null);
ThreadPool.GetAvailableThreads(out _, out _);

var exit = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

Holder.Fill(NumberAfter("--nodes"));
if (args.Contains("--kinds"))
{
    Kinds.Fill();
}

if (args.Contains("--frames"))
{
    ThreadPool.SetMinThreads(64, 8);
    Shapes.Start("top-level local function", () => Outside(1));
    Shapes.Start("top-level lambda", () => Sight.Here("top-level lambda"));
    for (var left = Shapes.StartAll() + 2; left > 0; left--)
    {
        Console.WriteLine(Sight.Take());
    }
}

using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    exit.TrySetResult();
});
using var usr2 = args.Contains("--handle-usr2")
    ? PosixSignalRegistration.Create(SigUsr2, signal =>
    {
        signal.Cancel = true;
        Console.WriteLine("usr2");
    })
    : null;

// A background thread: a blocked read of standard input must not keep the process from exiting.
new Thread(ReadCommands) { IsBackground = true, Name = "commands" }.Start();

var leakPerSecond = NumberAfter("--leak");
if (leakPerSecond > 0)
{
    _ = LeakForeverAsync(leakPerSecond);
}

if (args.Contains("--collect"))
{
    new Thread(() =>
    {
        while (true)
        {
            GC.Collect();
        }
    }) { IsBackground = true }.Start();
}

Console.WriteLine($"ready {Environment.ProcessId} {RuntimeInformation.FrameworkDescription}");
await exit.Task;
return 0;

static int Outside(int number)
{
    return Sight.Here("top-level local function") + number;
}

int NumberAfter(string option)
{
    var at = Array.IndexOf(args, option);
    return at < 0 ? 0 : int.Parse(args[at + 1]);
}

void ReadCommands()
{
    while (Console.ReadLine() is { } line)
    {
        switch (line.Split(' '))
        {
            case ["leak", var count]:
                Registry.Leak(int.Parse(count));
                Console.WriteLine($"leaked {count}");
                break;
            case ["gc"]:
                GC.Collect();
                Console.WriteLine("collected");
                break;
            case ["gc", var generation]:
                GC.Collect(int.Parse(generation), GCCollectionMode.Forced, blocking: true);
                Console.WriteLine("collected");
                break;
            case ["figures"]:
                Console.WriteLine($"figures {Figures()}");
                break;
            case ["exit"]:
                exit.TrySetResult();
                return;
            default:
                Console.WriteLine($"unknown command: {line}");
                break;
        }
    }
}

// Collections of each generation alone, pause in milliseconds, bytes allocated, then size and free space of each generation after the last collection.
static string Figures()
{
    long[] counts = [GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2), 0];
    var alone = Enumerable.Range(0, 3).Select(generation => counts[generation] - counts[generation + 1]);
    var generations = GC.GetGCMemoryInfo(GCKind.Any).GenerationInfo.ToArray();
    return string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{string.Join(' ', alone)} {GC.GetTotalPauseDuration().TotalMilliseconds} {GC.GetTotalAllocatedBytes()} {string.Join(' ', generations.Select(each => each.SizeAfterBytes))} {string.Join(' ', generations.Select(each => each.FragmentationAfterBytes))}");
}

// In ten portions a second, and counted against the clock: the rate holds on a busy machine too.
static async Task LeakForeverAsync(int perSecond)
{
    var elapsed = System.Diagnostics.Stopwatch.StartNew();
    var leaked = 0L;
    using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
    while (await timer.WaitForNextTickAsync())
    {
        var due = (long)(elapsed.Elapsed.TotalSeconds * perSecond);
        Registry.Leak((int)(due - leaked));
        leaked = due;
    }
}

namespace Targets
{
    /// <summary>The part of the heap that never changes after start-up: N nodes, each with its own array and its own string.</summary>
    public static class Holder
    {
        public static readonly List<Node> Kept = [];

        public static void Fill(int nodes)
        {
            for (var i = 0; i < nodes; i++)
            {
                Kept.Add(new Node(i));
            }
        }
    }

    public sealed class Node(int number)
    {
        public readonly byte[] Payload = new byte[64];
        public readonly string Name = $"node {number}";
    }

    /// <summary>The leak: things that are registered and never removed.</summary>
    public static class Registry
    {
        public static readonly Dictionary<int, LeakedThing> Things = [];

        public static void Leak(int count)
        {
            lock (Things)
            {
                for (var i = 0; i < count; i++)
                {
                    Things.Add(Things.Count, new LeakedThing());
                }
            }
        }
    }

    /// <summary>80 bytes on the heap of a 64-bit process (header 8, method table 8, eight longs), and no reference to anything.</summary>
    public sealed class LeakedThing
    {
        public long A, B, C, D, E, F, G, H;
    }
}
