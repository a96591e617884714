using HeapDrift.Profiling.Stacks;
using Microsoft.Diagnostics.Runtime;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Reading;

/// <summary>Tells the methods of return addresses from the frozen copy, so that the worker need not enumerate its methods for that.</summary>
internal static class StackMethods
{
    /// <summary>Each takes the DAC some ten microseconds; the stacks of a service's survivors have some thousand different frames.</summary>
    private const int MostFrames = 50_000;

    /// <summary>Addresses that are no method's are left out.</summary>
    public static IReadOnlyDictionary<ulong, RawFrame> Find(ClrRuntime runtime, IEnumerable<ulong> returnAddresses, CancellationToken cancellationToken)
    {
        var places = ILPlaces.TryCreate(runtime);
        var frames = new Dictionary<ulong, RawFrame>();
        foreach (ulong address in returnAddresses.Take(MostFrames))
        {
            cancellationToken.ThrowIfCancellationRequested();

            // The instruction before the return address is the call.
            if (runtime.GetMethodByInstructionPointer(address - 1) is { } method)
            {
                frames[address] = Describe(method, places?.Find(address - 1, method));
            }
        }

        return frames;
    }

    private static RawFrame Describe(ClrMethod method, int? ilOffset) => new()
    {
        ModulePath = method.Type.Module?.Name,
        PdbId = method.Type.Module?.Pdb?.Guid,
        MethodToken = method.MetadataToken,
        TypeName = method.Type.Name ?? "",
        MethodName = method.Name ?? "",
        Signature = method.Signature,
        ILOffset = ilOffset,
    };
}
