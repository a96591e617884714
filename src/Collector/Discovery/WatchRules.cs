using System.Globalization;
using System.IO.Enumeration;
using System.Text;
using HeapDrift.Collector.Native;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Discovery;

/// <summary>Which processes are workers, and who leads: <see cref="DiscoveryOptions"/> at work.</summary>
/// <param name="options">As they were validated.</param>
/// <param name="agent">What the agent's own environment has as <see cref="WorkerDirectory.AgentVariable"/>.</param>
internal sealed class WatchRules(DiscoveryOptions options, string? agent = null)
{
    private const string NoAgent = "off";
    private const string AnyAgent = "on";

    /// <summary>A pid has seven digits at most (<c>PID_MAX_LIMIT</c>); some programs put more lines below it.</summary>
    private const int PidFileBytes = 64;

    private readonly string[] _leaderNames = [.. options.Leaders.Where(leader => !IsPidFile(leader))];
    private readonly string[] _pidFiles = [.. options.Leaders.Where(IsPidFile)];
    private readonly string? _agent = Word(agent) == NoAgent ? null : Word(agent);
    private HashSet<int> _leaderPids = [];

    public bool HaveLeaders => options.Leaders.Length != 0;

    public static bool IsPidFile(string leader) => leader.StartsWith('/');

    /// <summary>Whether the process leaves itself to this agent: an agent with a name has those that name it and no others.</summary>
    public bool MayWatch(Sighting seen) => Word(seen.Agent) == _agent;

    /// <summary>Whether a .NET process is among those that are to be watched.</summary>
    public bool IsWanted(Worker worker) => options.Services.Length == 0 || worker.IsSelf
        || Array.Exists(options.Services, pattern => Matches(pattern, worker.Name) || Matches(pattern, worker.Resource.GetValueOrDefault(WorkerResource.ServiceName)));

    public bool IsCommand(RunningProgram program) => Array.Exists(options.Commands, program.IsCalled);

    public bool IsLeader(int pid, RunningProgram program) => _leaderPids.Contains(pid) || Array.Exists(_leaderNames, program.IsCalled);

    /// <summary>A leader that is restarted writes another pid. A file that is missing or is no pid names nobody.</summary>
    /// <returns>Whether they name others than last time.</returns>
    public bool ReadPidFiles()
    {
        HashSet<int> before = _leaderPids;
        _leaderPids = [.. _pidFiles.Select(TryReadPid).OfType<int>()];
        return !before.SetEquals(_leaderPids);
    }

    private static string? Word(string? agent) => agent is "" or AnyAgent ? null : agent;

    private static bool Matches(string pattern, string? name) => name is not null && FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    private static int? TryReadPid(string path) =>
        FileStatus.TryRead(path) is { IsRegular: true } && ProcFile.TryReadStart(path, PidFileBytes).Value is { } bytes
        && int.TryParse(Encoding.ASCII.GetString(bytes).Split('\n')[0].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
            ? pid
            : null;
}
