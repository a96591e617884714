using System.Text.Json.Serialization;

namespace HeapDrift.Profiling.Diff;

/// <summary>
/// The leaks that were reported, so that one is recognised when it comes again. A leak that a capture of another version of its service did not
/// show is taken for fixed there; when it is seen again it has regressed.
/// </summary>
internal sealed record LeakMemory
{
    public const int CurrentSchemaVersion = 1;

    /// <summary>300 bytes each. The ones that were not seen for the longest time go.</summary>
    public const int MostLeaks = 10_000;

    private const int MostVersions = 20;

    public int SchemaVersion { get; init; } = CurrentSchemaVersion;

    public IReadOnlyList<RememberedLeak> Leaks { get; init; } = [];

    /// <summary>Whether a file, which anybody may have edited, has what every leak has.</summary>
    [JsonIgnore]
    public bool IsSound => Leaks is not null && Leaks.All(leak => leak is { Fingerprint: not null, Service: not null, Versions: not null } && !leak.Versions.Contains(null!));

    /// <summary>What is known of a service's leaks, by fingerprint.</summary>
    public IReadOnlyDictionary<string, Sighting> Of(string service, string? version) => Leaks
        .Where(leak => leak.Service == service)
        .GroupBy(leak => leak.Fingerprint, StringComparer.Ordinal)
        .ToDictionary(leak => leak.Key, leak => leak.First().SeenWith(version), StringComparer.Ordinal);

    /// <summary>With what a completed capture found, and did not find.</summary>
    public LeakMemory With(IEnumerable<Finding> findings, string service, string? version, DateTimeOffset at)
    {
        var found = findings.Select(finding => finding.Fingerprint).ToHashSet(StringComparer.Ordinal);
        var known = Leaks.Where(leak => leak.Service == service).Select(leak => leak.Fingerprint).ToHashSet(StringComparer.Ordinal);
        IEnumerable<RememberedLeak> remembered = Leaks.Select(leak => leak.Service != service ? leak : found.Contains(leak.Fingerprint) ? leak.Seen(version, at, MostVersions) : leak.Missed(version));
        IEnumerable<RememberedLeak> added = found.Except(known).Select(fingerprint => new RememberedLeak
        {
            Fingerprint = fingerprint,
            Service = service,
            FirstSeen = at,
            LastSeen = at,
            Versions = version is null ? [] : [version],
        });
        return this with { Leaks = [.. remembered.Concat(added).OrderByDescending(leak => leak.LastSeen).Take(MostLeaks)] };
    }
}

/// <summary>One leak of one service.</summary>
internal sealed record RememberedLeak
{
    public required string Fingerprint { get; init; }

    /// <summary>Its <c>service.name</c>, or the program's name.</summary>
    public required string Service { get; init; }

    public required DateTimeOffset FirstSeen { get; init; }

    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>Each <c>service.version</c> that showed it, the last ones.</summary>
    public required IReadOnlyList<string> Versions { get; init; }

    /// <summary>The version whose capture did not show it any more.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FixedIn { get; init; }

    /// <summary>In the fixed version itself it was there all the time; in any other it came back.</summary>
    public Sighting SeenWith(string? version) =>
        new(FixedIn is not null && version is not null && version != FixedIn && !Versions.Contains(version) ? FindingStatus.Regressed : FindingStatus.Known, FirstSeen);

    public RememberedLeak Seen(string? version, DateTimeOffset at, int mostVersions) => this with
    {
        LastSeen = at,
        FixedIn = null,
        Versions = version is null || Versions.Contains(version) ? Versions : [.. Versions.Append(version).TakeLast(mostVersions)],
    };

    public RememberedLeak Missed(string? version) =>
        version is null || FixedIn is not null || Versions.Count == 0 || Versions.Contains(version) ? this : this with { FixedIn = version };
}
