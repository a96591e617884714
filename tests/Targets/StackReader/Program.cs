using System.Globalization;
using System.Text.Json;
using HeapDrift.Collector.Engines.CopyOnWrite.Freezing;
using HeapDrift.Collector.Engines.CopyOnWrite.Reading;
using Microsoft.Diagnostics.Runtime;

// Tells the stacks of the process of its argument as ClrMD sees them in a frozen copy: one line for each frame, "THREAD ADDRESS FRAME" apart by tabs,
// where the address is the one that the frame goes on at and the frame is JSON. In a process of its own, as in the product: the DAC is native code that was seen to
// crash, and several of different runtimes do not belong into one process.

var pid = int.Parse(args[0]);
var mapping = File.ReadLines($"/proc/{pid}/maps").First(line => line.EndsWith("/libcoreclr.so"));
var library = mapping[mapping.IndexOf('/')..];
var start = ulong.Parse(mapping.AsSpan(0, mapping.IndexOf('-')), NumberStyles.HexNumber);

using var copy = FrozenCopy.Take(pid, TimeSpan.FromSeconds(5));
using var memory = new CopyMemory(copy.Pid);
using var target = new DataTarget(new CopyReader(memory, copy.Pid, start, library, copy.Threads), new DataTargetOptions());
using var runtime = target.ClrVersions[0].CreateRuntime(Path.Join(Path.GetDirectoryName(library), "libmscordaccore.so"), ignoreMismatch: true);
var places = runtime.Threads.Where(thread => thread.IsAlive)
    .SelectMany(thread => thread.EnumerateStackTrace().Where(frame => frame.Method is not null).Select(frame => (Thread: thread.ManagedThreadId, Address: frame.InstructionPointer)))
    .ToArray();
var frames = StackMethods.Find(runtime, places.Select(place => place.Address).Distinct(), CancellationToken.None);
foreach (var (thread, address) in places)
{
    if (frames.TryGetValue(address, out var frame))
    {
        Console.WriteLine($"{thread}\t{address}\t{JsonSerializer.Serialize(frame)}");
    }
}
