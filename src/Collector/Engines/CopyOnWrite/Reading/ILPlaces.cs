using System.Reflection;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Stacks;
using Microsoft.Diagnostics.Runtime;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Reading;

/// <summary>
/// Tells which IL an address of native code was compiled from, in whichever of a method's codes it lies. A method is compiled several times (tiers, on-stack
/// replacement), and <c>ClrMethod.ILOffsetMap</c> is that of the newest code, in which an address of an older one means another statement. The DAC
/// knows (IXCLRDataMethodInstance::GetILOffsetsByAddress, xclrdata.idl of dotnet/runtime); ClrMD 4 does not pass the question on.
/// </summary>
internal sealed unsafe class ILPlaces
{
    /// <summary>Places in the tables of functions: three of IUnknown, then in the order of xclrdata.idl.</summary>
    private const int Release = 2;
    private const int StartEnumMethodInstancesByAddress = 27;
    private const int EnumMethodInstanceByAddress = 28;
    private const int EndEnumMethodInstancesByAddress = 29;
    private const int GetILOffsetsByAddress = 12;

    private const int MostOffsets = 16;

    /// <summary>A question takes the DAC some microseconds, and the copy costs the worker memory meanwhile.</summary>
    private const int MostSteps = 100_000;

    private readonly ClrRuntime _runtime;
    private readonly nint _process;
    private int _steps;

    private ILPlaces(ClrRuntime runtime, nint process) => (_runtime, _process) = (runtime, process);

    /// <summary>Null where this ClrMD keeps its view of the process elsewhere.</summary>
    public static ILPlaces? TryCreate(ClrRuntime runtime)
    {
        object? services = Field(runtime, "_services");
        object? process = services is null ? null : Field(services, "_process");
        PropertyInfo? self = null;
        for (Type? type = process?.GetType(); type is not null && self is null; type = type.BaseType)
        {
            self = type.GetProperty("Self", BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly);
        }

        return self?.GetValue(process) is nint pointer && pointer != 0 ? new ILPlaces(runtime, pointer) : null;
    }

    /// <summary>Null where the runtime does not know. The DAC serves one thread at a time.</summary>
    /// <param name="address">Inside the code of a method.</param>
    /// <param name="method">Whose it is. Of the platform's, which come without PDBs, nothing is looked for that the runtime does not tell at once.</param>
    public int? Find(ulong address, ClrMethod method)
    {
        bool isOwn = TypeOrigins.OfModule(method.Type.Module?.Name ?? "") == TypeOrigin.Application;
        return NearbyIL.Find(address, near => near == address || (isOwn && IsIn(method, near)) ? MarkAt(near) : null);
    }

    private bool IsIn(ClrMethod method, ulong address) => _steps++ < MostSteps && _runtime.GetMethodByInstructionPointer(address)?.MethodDesc == method.MethodDesc;

    private int? MarkAt(ulong address)
    {
        ulong handle = 0;
        var start = (delegate* unmanaged<nint, ulong, nint, ulong*, int>)Function(_process, StartEnumMethodInstancesByAddress);
        if (start(_process, address, 0, &handle) != 0)
        {
            return null;
        }

        try
        {
            nint method = 0;
            var next = (delegate* unmanaged<nint, ulong*, nint*, int>)Function(_process, EnumMethodInstanceByAddress);
            return next(_process, &handle, &method) == 0 ? OffsetIn(method, address) : null;
        }
        finally
        {
            var end = (delegate* unmanaged<nint, ulong, int>)Function(_process, EndEnumMethodInstancesByAddress);
            _ = end(_process, handle);
        }
    }

    private static int? OffsetIn(nint method, ulong address)
    {
        try
        {
            int* offsets = stackalloc int[MostOffsets];
            uint needed = 0;
            var find = (delegate* unmanaged<nint, ulong, uint, uint*, int*, int>)Function(method, GetILOffsetsByAddress);
            if (find(method, address, MostOffsets, &needed, offsets) < 0)
            {
                return null;
            }

            int? best = null;
            foreach (int offset in new ReadOnlySpan<int>(offsets, (int)Math.Min(needed, MostOffsets)))
            {
                best = Math.Max(best ?? offset, offset);
            }

            return best;
        }
        finally
        {
            var release = (delegate* unmanaged<nint, uint>)Function(method, Release);
            _ = release(method);
        }
    }

    private static nint Function(nint instance, int place) => (*(nint**)instance)[place];

    private static object? Field(object instance, string name) =>
        instance.GetType().GetField(name, BindingFlags.NonPublic | BindingFlags.Instance)?.GetValue(instance);
}
