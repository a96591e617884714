using System.Globalization;
using HeapDrift.Profiling.Stacks;
using Microsoft.Diagnostics.Runtime;

namespace HeapDrift.Collector.Tests.Symbols;

/// <summary>The stacks of a process as ClrMD sees them, taken in one short stop.</summary>
internal sealed record WorkerStacks(IReadOnlyDictionary<int, IReadOnlyList<StackEntry>> ByThread)
{
    public static WorkerStacks Take(int pid)
    {
        using var target = DataTarget.AttachToProcess(pid, suspend: true);
        using ClrRuntime runtime = target.ClrVersions[0].CreateRuntime(Dac(pid), ignoreMismatch: true);
        return new WorkerStacks(runtime.Threads.ToDictionary(
            thread => thread.ManagedThreadId,
            thread => (IReadOnlyList<StackEntry>)[.. thread.EnumerateStackTrace().Where(frame => frame.Method is not null).Select(Entry)]));
    }

    private static StackEntry Entry(ClrStackFrame frame)
    {
        ClrMethod method = frame.Method!;
        ulong before = frame.InstructionPointer - 1;
        return new StackEntry(before, new RawFrame
        {
            ModulePath = method.Type.Module?.Name,
            PdbId = method.Type.Module?.Pdb?.Guid,
            MethodToken = method.MetadataToken,
            TypeName = method.Type.Name ?? "",
            MethodName = method.Name ?? "",
            Signature = method.Signature,
            ILOffset = ILOffsetMap.Known(method.GetILOffset(before)),
        });
    }

    private static string Dac(int pid)
    {
        string library = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/maps")).First(line => line.EndsWith("/libcoreclr.so", StringComparison.Ordinal));
        return Path.Join(Path.GetDirectoryName(library[library.IndexOf('/', StringComparison.Ordinal)..]), "libmscordaccore.so");
    }
}

/// <summary>A frame and the address in it: of the call that it waits for.</summary>
internal readonly record struct StackEntry(ulong Address, RawFrame Frame);
