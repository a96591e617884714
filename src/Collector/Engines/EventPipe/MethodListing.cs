using HeapDrift.Profiling.Stacks;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace HeapDrift.Collector.Engines.EventPipe;

/// <summary>
/// Tells the methods of return addresses without a copy of the worker: a <see cref="Rundown"/> of its methods (some ten thousand events for a
/// service; the worker goes on meanwhile). Only what was asked for is kept.
/// </summary>
internal sealed class MethodListing
{
    /// <summary>
    /// Loader 0x8, Jit 0x10, NGen 0x20, End 0x100, JittedMethodILToNativeMap 0x20000 of the rundown provider (dotnet/runtime, ClrEtwAll.man).
    /// </summary>
    private const long MethodRundown = 0x20138;

    private const int BufferMegabytes = 32;

    private readonly ulong[] _addresses;
    private readonly Dictionary<long, (string Path, Guid Pdb)> _modules = [];
    private readonly Dictionary<ulong, MethodCode> _codeOf = [];

    /// <summary>Of the code that is told next: a method has as many codes as it was compiled times, and each map comes before its code.</summary>
    private (long Method, ILOffsetMap Map)? _next;

    private MethodListing(IEnumerable<ulong> addresses) => _addresses = [.. addresses.Order()];

    /// <param name="connection">To the worker.</param>
    /// <param name="returnAddresses">Those that are no method's are left out of the answer.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public static async Task<IReadOnlyDictionary<ulong, RawFrame>> FindAsync(
        EventPipeConnection connection, IEnumerable<ulong> returnAddresses, CancellationToken cancellationToken)
    {
        var listing = new MethodListing(returnAddresses);
        if (listing._addresses.Length == 0)
        {
            return new Dictionary<ulong, RawFrame>();
        }

        await Rundown.ReadAsync(connection, MethodRundown, BufferMegabytes, listing.Listen, cancellationToken);
        return listing._codeOf.ToDictionary(found => found.Key, found => listing.Describe(found.Key, found.Value));
    }

    private void Listen(ClrRundownTraceEventParser rundown)
    {
        rundown.LoaderModuleDCStop += module => _modules[module.ModuleID] = (module.ModuleILPath ?? "", module.ManagedPdbSignature);
        rundown.MethodDCStopVerbose += OnMethod;
        rundown.MethodILToNativeMapDCStop += OnMap;
    }

    private void OnMethod(MethodLoadUnloadVerboseTraceData method)
    {
        ILOffsetMap? map = _next is { } next && next.Method == method.MethodID ? next.Map : null;
        var code = new MethodCode(method.MethodStartAddress, method.ModuleID, map, new RawFrame
        {
            MethodToken = method.MethodToken,
            TypeName = method.MethodNamespace,
            MethodName = method.MethodName,
            Signature = method.MethodSignature,
        });
        ulong end = method.MethodStartAddress + (ulong)method.MethodSize;
        for (int at = FirstAbove(method.MethodStartAddress); at < _addresses.Length && _addresses[at] <= end; at++)
        {
            _codeOf[_addresses[at]] = code;
        }
    }

    private void OnMap(MethodILToNativeMapTraceData map) =>
        _next = (map.MethodID, ILOffsetMap.Of(Enumerable.Range(0, map.CountOfMapEntries).Select(at => (map.NativeOffset(at), map.ILOffset(at)))));

    private int FirstAbove(ulong address)
    {
        int at = Array.BinarySearch(_addresses, address + 1);
        return at < 0 ? ~at : at;
    }

    private RawFrame Describe(ulong returnAddress, MethodCode code) => code.Frame with
    {
        ModulePath = _modules.TryGetValue(code.Module, out (string Path, Guid Pdb) module) ? module.Path : null,
        PdbId = module.Pdb == Guid.Empty ? null : module.Pdb,
        ILOffset = code.Map?.Find((int)(returnAddress - 1 - code.Start)),
    };

    private sealed record MethodCode(ulong Start, long Module, ILOffsetMap? Map, RawFrame Frame);
}
