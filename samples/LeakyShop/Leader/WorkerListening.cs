namespace Shop.Leader;

/// <summary>The worker's side: accept from the leader's socket, and end when the leader does.</summary>
internal static class WorkerListening
{
    public static void ListenWithLeader(this WebApplicationBuilder builder, ulong handle)
    {
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenHandle(handle));
        builder.Services.AddHostedService<LeaderWatch>();
    }
}
