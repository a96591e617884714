using System.Globalization;
using System.Text.Json;
using HeapDrift.Collector.Engines.CopyOnWrite.Freezing;
using HeapDrift.Collector.Engines.CopyOnWrite.Reading;
using HeapDrift.Profiling.Stacks;
using Microsoft.Diagnostics.Runtime;

// Tells the stacks of the process of its argument as ClrMD sees them in a frozen copy: one line for each frame, "THREAD ADDRESS FRAME" apart by tabs,
// where the address is that of the call and the frame is JSON. In a process of its own, as in the product: the DAC is native code that was seen to
// crash, and several of different runtimes do not belong into one process.

var pid = int.Parse(args[0]);
var mapping = File.ReadLines($"/proc/{pid}/maps").First(line => line.EndsWith("/libcoreclr.so"));
var library = mapping[mapping.IndexOf('/')..];
var start = ulong.Parse(mapping.AsSpan(0, mapping.IndexOf('-')), NumberStyles.HexNumber);

using var copy = FrozenCopy.Take(pid, TimeSpan.FromSeconds(5));
using var memory = new CopyMemory(copy.Pid);
using var target = new DataTarget(new CopyReader(memory, copy.Pid, start, library, copy.Threads), new DataTargetOptions());
using var runtime = target.ClrVersions[0].CreateRuntime(Path.Join(Path.GetDirectoryName(library), "libmscordaccore.so"), ignoreMismatch: true);
foreach (var thread in runtime.Threads.Where(thread => thread.IsAlive))
{
    foreach (var frame in thread.EnumerateStackTrace())
    {
        if (frame.Method is { } method)
        {
            var call = frame.InstructionPointer - 1;
            Console.WriteLine($"{thread.ManagedThreadId}\t{call}\t{JsonSerializer.Serialize(Describe(method, call))}");
        }
    }
}

static RawFrame Describe(ClrMethod method, ulong call)
{
    var map = ILOffsetMap.Of(method.ILOffsetMap.Select(piece => ((int)((long)piece.StartAddress - (long)method.NativeCode), piece.ILOffset)));
    return new RawFrame
    {
        ModulePath = method.Type.Module?.Name,
        PdbId = method.Type.Module?.Pdb?.Guid,
        MethodToken = method.MetadataToken,
        TypeName = method.Type.Name ?? "",
        MethodName = method.Name ?? "",
        Signature = method.Signature,
        ILOffset = map.Find((int)((long)call - (long)method.NativeCode)),
    };
}
