namespace Shop;

internal static class LeakEndpoints
{
    public static void AddLeaks(this IServiceCollection services, IReadOnlyList<string> onFromTheStart)
    {
        services.AddScoped<PriceWatch>();
        services.AddScoped<CustomerContext>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<ILeak, SessionCacheLeak>();
        services.AddSingleton<ILeak, EventHandlerLeak>();
        services.AddSingleton<ILeak, TimerLeak>();
        services.AddSingleton<ILeak, CancellationLeak>();
        services.AddSingleton<ILeak, CaptiveScopeLeak>();
        services.AddSingleton<ILeak, QueryCacheLeak>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<LeakSwitches>(provider, onFromTheStart));
    }

    public static void MapLeaks(this WebApplication shop)
    {
        shop.MapGet("/leaks", (LeakSwitches leaks) => leaks.States);
        shop.MapPut("/leaks/{kind}", (string kind, LeakSwitches leaks) => Switch(leaks, kind, on: true));
        shop.MapDelete("/leaks/{kind}", (string kind, LeakSwitches leaks) => Switch(leaks, kind, on: false));
    }

    private static IResult Switch(LeakSwitches leaks, string kind, bool on) =>
        leaks.TrySwitch(kind, on) is { } state
            ? Results.Ok(state)
            : Results.Problem(
                $"There is no leak '{kind}'; there are {string.Join(", ", LeakKinds.All)}.", statusCode: StatusCodes.Status404NotFound);
}
