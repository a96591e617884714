using System.Diagnostics.Tracing;
using HeapDrift.Profiling.Stacks;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace HeapDrift.Collector.Tests.Symbols;

/// <summary>The methods of a process as the runtime's events tell them, with their native code's place and the map to its IL.</summary>
internal sealed class WorkerMethods
{
    private readonly List<(ulong Start, ulong End, long Module, (long Method, int Tier) Code, RawFrame Frame)> _methods = [];
    private readonly Dictionary<long, (string Path, Guid Pdb)> _modules = [];
    private readonly Dictionary<(long Method, int Tier), ILOffsetMap> _maps = [];

    public static async Task<WorkerMethods> TakeAsync(int pid, CancellationToken cancellationToken)
    {
        var methods = new WorkerMethods();
        EventPipeProvider[] providers = [new("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, 0)];
        using EventPipeSession session = await new DiagnosticsClient(pid).StartEventPipeSessionAsync(providers, requestRundown: true, token: cancellationToken);
        using var source = new EventPipeEventSource(session.EventStream);
        methods.Listen(new ClrRundownTraceEventParser(source));
        Task stop = session.StopAsync(cancellationToken);
        await Task.Run(source.Process, cancellationToken);
        await stop;
        return methods;
    }

    /// <summary>The method whose code is at an address.</summary>
    public RawFrame? Find(ulong address)
    {
        (ulong start, _, long module, (long Method, int Tier) code, RawFrame? frame) = _methods.LastOrDefault(method => method.Start <= address && address < method.End);
        return frame is null ? null : frame with
        {
            ModulePath = _modules[module].Path,
            PdbId = _modules[module].Pdb,
            ILOffset = _maps.GetValueOrDefault(code)?.Find((int)(address - start)),
        };
    }

    private void Listen(ClrRundownTraceEventParser rundown)
    {
        rundown.LoaderModuleDCStop += module => _modules[module.ModuleID] = (module.ModuleILPath, module.ManagedPdbSignature);
        rundown.MethodDCStopVerbose += method => _methods.Add((
            method.MethodStartAddress,
            method.MethodStartAddress + (ulong)method.MethodSize,
            method.ModuleID,
            (method.MethodID, _methods.Count(known => known.Code.Method == method.MethodID)),
            new RawFrame
            {
                MethodToken = method.MethodToken,
                TypeName = method.MethodNamespace,
                MethodName = method.MethodName,
                Signature = method.MethodSignature,
            }));

        // Code that was compiled again has a map of its own; both are told in the same order.
        rundown.MethodILToNativeMapDCStop += map => _maps[(map.MethodID, _maps.Keys.Count(known => known.Method == map.MethodID))] =
            ILOffsetMap.Of(Enumerable.Range(0, map.CountOfMapEntries).Select(index => (map.NativeOffset(index), map.ILOffset(index))));
    }
}
